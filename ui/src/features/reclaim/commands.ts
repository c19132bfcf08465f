import type { Command } from "../../commands";
import { counted } from "../../format";
import { NO_TICKS } from "../../grid/selection";
import type { AskFirst } from "../../host";
import { useWindow } from "../../state";
import { askFirst, readAnswers, reclaimChosen } from "./acts";
import { useReclaim } from "./store";

const onReclaim = () => useWindow.getState().screen === "reclaim";
const chosen = () => onReclaim() && useReclaim.getState().chosen !== null;
const forChosen = (words: string) => () =>
  `${words} ${counted(useReclaim.getState().chosen?.count ?? 0, "selected person", "selected people")}`;

const ASKING: Record<AskFirst, { title: string; short: string }> = {
  each_manager: { title: "Ask first: a file for each manager", short: "A file for each manager…" },
  managers: { title: "Ask first: one list, by manager", short: "One list, by manager…" },
  mail_merge: { title: "Ask first: a list for a mail merge", short: "A list for a mail merge…" },
};

/** The ways to ask before anybody goes, as a menu lists them. */
export const WAYS_TO_ASK = Object.keys(ASKING) as AskFirst[];

/** The command that writes what to ask by. */
export function askId(ask: AskFirst): string {
  return `reclaim.ask.${ask}`;
}

export const reclaimCommands: readonly Command[] = [
  {
    id: "reclaim.evidence",
    title: "Add evidence",
    short: "Add evidence…",
    group: "People",
    keys: "Mod+Shift+E",
    when: onReclaim,
    run: () => useReclaim.getState().ask("evidence"),
  },
  {
    id: "reclaim.policy",
    title: "Policy of dormancy",
    short: "Policy",
    group: "People",
    when: onReclaim,
    run: () => useReclaim.getState().ask("policy"),
  },
  {
    id: "reclaim.threshold",
    title: "Move the threshold",
    group: "View",
    keys: "Mod+Shift+D",
    when: onReclaim,
    run: () => {
      useReclaim.getState().look("days");
      // It is on screen after the next drawing at the latest.
      setTimeout(() => document.querySelector<HTMLElement>("#main [role=slider]")?.focus());
    },
  },
  {
    id: "reclaim.exempt",
    title: forChosen("Exempt"),
    short: "Exempt…",
    group: "People",
    when: chosen,
    run: () => useReclaim.getState().ask("exempt"),
  },
  ...WAYS_TO_ASK.map(
    (ask): Command => ({
      id: askId(ask),
      ...ASKING[ask],
      group: "People",
      when: chosen,
      run: () => {
        const { connection, chosen } = useReclaim.getState();
        if (connection !== null && chosen) void askFirst(connection, chosen.selection, ask);
      },
    }),
  ),
  {
    id: "reclaim.readAnswers",
    title: "Read the answers of those who were asked",
    short: "Read the answers…",
    group: "People",
    when: onReclaim,
    run: () => {
      const { connection } = useReclaim.getState();
      if (connection !== null) void readAnswers(connection);
    },
  },
  {
    id: "reclaim.stage",
    title: forChosen("Reclaim the seats of"),
    short: "Reclaim",
    group: "People",
    danger: true,
    when: chosen,
    run: () => {
      const { connection, chosen } = useReclaim.getState();
      if (connection !== null && chosen) void reclaimChosen(connection, chosen.selection, chosen.pile);
    },
  },
];

/** While the list is on screen, what the grid's keys mean there; it stands in for People's own. */
export const listCommands: readonly Command[] = [
  {
    id: "grid.selectNone",
    title: "Clear the selection",
    group: "People",
    keys: "Escape",
    scope: "grid",
    when: chosen,
    run: () => useReclaim.getState().setTicks(NO_TICKS),
  },
];
