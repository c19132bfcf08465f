import { useDeferredValue, useMemo, useState } from "react";
import type { HistoryQuery, Origin } from "../../host";
import { useWindow } from "../../state";
import type { Range } from "./DayStrip";
import { nextDay } from "./days";

/** The strip's days are those of UTC, so what a bar counts is what pressing it shows. */
function midnight(day: string): string {
  return `${day}T00:00:00.000Z`;
}

/** The last visit ended in the middle of a day: the day chosen begins there. */
function later(since: string | null, from: string): string {
  return since !== null && since > from ? since : from;
}

export type Narrowing = ReturnType<typeof useNarrowing>;

/** What the history is narrowed to, and what that asks of the engine. */
export function useNarrowing() {
  const focus = useWindow((state) => state.historyFocus);
  const { showHistory } = useWindow.getState();
  const [text, setText] = useState("");
  const [origin, setOrigin] = useState<Origin | "all">("all");
  const [range, setRange] = useState<Range | null>(null);
  const [since, setSince] = useState<string | null>(null);
  const searched = useDeferredValue(text);

  /** Everything but the days, so that the strip goes on showing what lies outside the stretch chosen. */
  const wide: HistoryQuery = useMemo(
    () => ({
      text: searched.trim(),
      origin: origin === "all" ? null : origin,
      row: focus?.row ?? null,
      run: focus?.run ?? null,
      from: since,
      to: null,
    }),
    [searched, origin, focus, since],
  );
  const query: HistoryQuery = useMemo(
    () =>
      range === null
        ? wide
        : { ...wide, from: later(since, midnight(range.from)), to: midnight(nextDay(range.to)) },
    [wide, range, since],
  );
  const narrowed =
    searched.trim() !== "" || origin !== "all" || range !== null || focus !== null || since !== null;
  return {
    text,
    setText,
    origin,
    setOrigin,
    range,
    setRange,
    since,
    setSince,
    focus,
    forgetFocus: () => showHistory(null),
    wide,
    query,
    narrowed,
    /** What others changed from a moment on. */
    showSeenSince: (moment: string) => {
      setSince(moment);
      setOrigin("seen");
      setRange(null);
    },
    showAll: () => {
      setText("");
      setOrigin("all");
      setRange(null);
      setSince(null);
      showHistory(null);
    },
  };
}
