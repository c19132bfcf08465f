import type { Command } from "../commands";
import { changeDensity, isCompact } from "../features/people";
import {
  asHostError,
  type Connection,
  client,
  type DraftSummary,
  host,
  keys,
  type Preferences,
} from "../host";
import { announce, changePreferences, startSync, useWindow } from "../state";
import { askToDiscard } from "./discard";
import { openPlan } from "./openPlan";
import { askForName, showParked } from "./parked";

const state = () => useWindow.getState();
const connected = () => state().connection !== null;

function draft(): DraftSummary | undefined {
  const connection = state().connection;
  return connection === null ? undefined : client.getQueryData<DraftSummary>(keys.draft(connection));
}

function preferences(): Preferences | undefined {
  return client.getQueryData<Preferences>(keys.preferences());
}

/** Undo and redo answer with the draft as it is then; the news of it brings the rest up to date. */
function restage(
  act: (connection: number) => Promise<DraftSummary>,
  words: (before: DraftSummary) => string,
): void {
  const connection = state().connection;
  const before = draft();
  if (connection === null || before === undefined) {
    return;
  }
  act(connection).then(
    (after) => {
      client.setQueryData(keys.draft(connection), after);
      announce(words(before));
    },
    (thrown: unknown) => announce(asHostError(thrown).message),
  );
}

function connections(): readonly Connection[] {
  return client.getQueryData<Connection[]>(keys.connections()) ?? [];
}

/** Puts the focus in the box at the top; with `palette`, open for everything. */
export function focusSearch(palette: boolean): void {
  state().setPaletteOpen(palette);
  document.getElementById("search")?.focus();
}

export const shellCommands: readonly Command[] = [
  {
    id: "palette",
    title: "Search everything",
    group: "Go",
    keys: "Mod+K",
    hidden: true,
    run: () => focusSearch(true),
  },
  {
    id: "search",
    title: "Search people",
    group: "Go",
    keys: "Mod+F",
    otherKeys: ["/"],
    when: connected,
    run: () => {
      state().go("people");
      focusSearch(false);
    },
  },
  {
    id: "go-people",
    title: "People",
    group: "Go",
    keys: "Mod+1",
    when: connected,
    run: () => {
      state().setSavedView(null);
      state().go("people");
    },
  },
  {
    id: "go-reclaim",
    title: "Reclaim",
    group: "Go",
    keys: "Mod+2",
    when: connected,
    run: () => state().go("reclaim"),
  },
  {
    id: "go-history",
    title: "History",
    group: "Go",
    keys: "Mod+3",
    when: connected,
    run: () => state().showHistory(null),
  },
  {
    id: "review",
    title: "Review the draft",
    short: "Review",
    group: "Draft",
    keys: "Mod+Enter",
    when: () => state().screen !== "review" && (draft()?.changes ?? 0) > 0,
    run: () => state().review(null),
  },
  {
    id: "undo",
    title: () => {
      const last = draft()?.undo;
      return last == null ? "Undo" : `Undo: ${last}`;
    },
    group: "Draft",
    keys: "Mod+Z",
    repeats: true,
    when: () => draft()?.undo != null,
    run: () => restage(host.undo, (before) => `Undone: ${before.undo ?? ""}`),
  },
  {
    id: "redo",
    title: () => {
      const next = draft()?.redo;
      return next == null ? "Redo" : `Redo: ${next}`;
    },
    group: "Draft",
    keys: "Mod+Shift+Z",
    otherKeys: ["Mod+Y"],
    repeats: true,
    when: () => draft()?.redo != null,
    run: () => restage(host.redo, (before) => `Done again: ${before.redo ?? ""}`),
  },
  {
    id: "discard",
    title: "Discard the draft",
    short: "Discard",
    group: "Draft",
    keys: "Mod+Shift+Backspace",
    danger: true,
    when: () => (draft()?.changes ?? 0) > 0,
    run: askToDiscard,
  },
  {
    id: "park",
    title: "Put the draft aside",
    group: "Draft",
    when: () => (draft()?.changes ?? 0) > 0,
    run: askForName,
  },
  { id: "parked", title: "Drafts put aside", group: "Draft", when: connected, run: showParked },
  { id: "open-plan", title: "Open a plan file", group: "Draft", when: connected, run: openPlan },
  {
    id: "sync",
    title: "Sync now",
    group: "Connection",
    keys: "F5",
    when: connected,
    run: () => {
      const connection = state().connection;
      if (connection !== null) {
        startSync(connection);
      }
    },
  },
  {
    id: "connection-settings",
    title: "Connection settings",
    group: "Connection",
    when: connected,
    run: () => state().go("connection"),
  },
  { id: "connect", title: "Connect to Peakon", group: "Connection", run: () => state().go("connect") },
  {
    id: "switch-connection",
    title: "Switch connection",
    group: "Connection",
    keys: "Mod+Shift+K",
    when: () => connections().length > 1,
    run: () => document.getElementById("connection-menu")?.click(),
  },
  { id: "settings", title: "Settings", group: "Go", keys: "Mod+,", run: () => state().go("settings") },
  {
    id: "rail",
    title: () => (preferences()?.railCollapsed ? "Show the names in the rail" : "Collapse the rail to icons"),
    group: "View",
    keys: "Mod+B",
    run: () => changePreferences({ railCollapsed: !(preferences()?.railCollapsed ?? false) }),
  },
  {
    id: "density",
    title: () => (isCompact() ? "Roomy rows" : "Compact rows"),
    group: "View",
    run: changeDensity,
  },
  {
    id: "theme-light",
    title: "Light theme",
    group: "View",
    when: () => preferences()?.theme !== "light",
    run: () => changePreferences({ theme: "light" }),
  },
  {
    id: "theme-dark",
    title: "Dark theme",
    group: "View",
    when: () => preferences()?.theme !== "dark",
    run: () => changePreferences({ theme: "dark" }),
  },
  {
    id: "theme-system",
    title: "Theme as the system has it",
    group: "View",
    when: () => preferences()?.theme !== "system",
    run: () => changePreferences({ theme: "system" }),
  },
  {
    id: "panel-close",
    title: "Close the panel",
    group: "View",
    keys: "Escape",
    hidden: true,
    when: () => state().panel !== null,
    run: () => {
      state().closePanel();
      document.querySelector<HTMLElement>("[role=grid]")?.focus();
    },
  },
  { id: "keys", title: "Show all keys", group: "Help", keys: "?", run: () => state().setKeysOpen(true) },
];
