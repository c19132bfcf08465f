import { type PointerEvent, useRef, useState } from "react";
import { classes } from "../../components";
import { day as dayWords, number } from "../../format";
import type { DayCount } from "../../host";
import { type Bar, barsOf } from "./days";
import styles from "./History.module.css";

const MOST_BARS = 90;

export interface Range {
  from: string;
  to: string;
}

function label(bar: Bar): string {
  const days = bar.from === bar.to ? dayWords(bar.from) : `${dayWords(bar.from)} to ${dayWords(bar.to)}`;
  return `${days}: ${number(bar.made)} made, ${number(bar.seen)} seen`;
}

/** Events over time: drag over it to narrow, press a bar for its days, press again for all. */
export function DayStrip({
  days,
  range,
  onRange,
}: {
  days: readonly DayCount[];
  range: Range | null;
  onRange: (range: Range | null) => void;
}) {
  const bars = barsOf(days, MOST_BARS);
  const strip = useRef<HTMLFieldSetElement>(null);
  const [drag, setDrag] = useState<{ start: number; end: number } | null>(null);
  const highest = bars.reduce((most, bar) => Math.max(most, bar.made + bar.seen), 1);
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined || bars.length < 2) {
    return null;
  }
  const barAt = (event: PointerEvent) => {
    const box = strip.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) {
      return 0;
    }
    const share = (event.clientX - box.left) / box.width;
    return Math.min(bars.length - 1, Math.max(0, Math.floor(share * bars.length)));
  };
  const choose = (a: number, b: number) => {
    const from = bars[Math.min(a, b)]?.from ?? first.from;
    const to = bars[Math.max(a, b)]?.to ?? last.to;
    onRange(range !== null && range.from === from && range.to === to ? null : { from, to });
  };
  const inside = (bar: Bar, index: number) => {
    if (drag !== null) {
      return index >= Math.min(drag.start, drag.end) && index <= Math.max(drag.start, drag.end);
    }
    return range === null || (bar.to >= range.from && bar.from <= range.to);
  };
  return (
    <div className={styles.stripPlace}>
      <fieldset
        ref={strip}
        className={styles.strip}
        onPointerDown={(event) => {
          if (event.button === 0) {
            event.currentTarget.setPointerCapture(event.pointerId);
            const at = barAt(event);
            setDrag({ start: at, end: at });
          }
        }}
        onPointerMove={(event) => {
          if (drag !== null) {
            setDrag({ ...drag, end: barAt(event) });
          }
        }}
        onPointerUp={() => {
          if (drag !== null) {
            choose(drag.start, drag.end);
            setDrag(null);
          }
        }}
        onPointerCancel={() => setDrag(null)}
      >
        <legend className="visually-hidden">Events by day</legend>
        {bars.map((bar, index) => (
          <button
            key={bar.from}
            type="button"
            className={classes(styles.bar, !inside(bar, index) && styles.outside)}
            title={label(bar)}
            aria-label={label(bar)}
            aria-pressed={range !== null && inside(bar, index)}
            tabIndex={index === bars.length - 1 ? 0 : -1}
            onKeyDown={(event) => {
              const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
              const other = event.currentTarget.parentElement?.querySelectorAll("button")[index + step];
              if (step !== 0 && other instanceof HTMLElement) {
                event.preventDefault();
                other.focus();
              }
            }}
            onClick={(event) => {
              // A pointer's press is heard by the strip, for dragging; this is the keyboard's.
              if (event.detail === 0) {
                choose(index, index);
              }
            }}
          >
            <span className={styles.seenBar} style={{ height: `${(bar.seen / highest) * 100}%` }} />
            <span className={styles.madeBar} style={{ height: `${(bar.made / highest) * 100}%` }} />
          </button>
        ))}
      </fieldset>
      <div className={styles.stripEnds} aria-hidden="true">
        <span>{dayWords(first.from)}</span>
        <span className={styles.legend}>
          <span className={styles.madeKey} /> made <span className={styles.seenKey} /> seen
        </span>
        <span>{dayWords(last.to)}</span>
      </div>
    </div>
  );
}
