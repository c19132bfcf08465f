import { create } from "zustand";
import type { ConnectionId, PlanId, RowId, RunId, SavedViewId, ViewId } from "../host";

/** One entry for each screen that exists. */
export type Screen =
  | "welcome"
  | "connect"
  | "people"
  | "reclaim"
  | "history"
  | "review"
  | "run"
  | "connection"
  | "settings";

/** What the slot on the right shows. */
export interface Panel {
  kind: "person";
  row: RowId;
}

export interface HistoryFocus {
  row: RowId | null;
  run: RunId | null;
  /** The name of that person or run, to be said beside "History". */
  label: string;
}

export interface WindowState {
  connection: ConnectionId | null;
  screen: Screen;
  panel: Panel | null;
  /** What the box at the top says; PeopleScreen reads it as the search of its view. */
  search: string;
  view: ViewId | null;
  savedView: SavedViewId | null;
  locate: RowId | null;
  plan: PlanId | null;
  run: RunId | null;
  historyFocus: HistoryFocus | null;
  paletteOpen: boolean;
  keysOpen: boolean;

  go: (screen: Screen) => void;
  use: (connection: ConnectionId | null) => void;
  openPerson: (row: RowId) => void;
  closePanel: () => void;
  setSearch: (search: string) => void;
  setView: (view: ViewId | null) => void;
  setSavedView: (savedView: SavedViewId | null) => void;
  setLocate: (row: RowId | null) => void;
  review: (plan: PlanId | null) => void;
  showRun: (run: RunId) => void;
  showHistory: (focus: HistoryFocus | null) => void;
  setPaletteOpen: (open: boolean) => void;
  setKeysOpen: (open: boolean) => void;
}

/** Nothing here outlives the window; what does is in the preferences or in the engine. */
export const useWindow = create<WindowState>()((set) => ({
  connection: null,
  screen: "welcome",
  panel: null,
  search: "",
  view: null,
  savedView: null,
  locate: null,
  plan: null,
  run: null,
  historyFocus: null,
  paletteOpen: false,
  keysOpen: false,

  go: (screen) => set((now) => ({ screen, panel: screen === now.screen ? now.panel : null })),
  use: (connection) =>
    set((now) =>
      now.connection === connection
        ? {}
        : {
            connection,
            panel: null,
            search: "",
            view: null,
            savedView: null,
            locate: null,
            plan: null,
            run: null,
            historyFocus: null,
          },
    ),
  openPerson: (row) => set({ panel: { kind: "person", row } }),
  closePanel: () => set({ panel: null }),
  setSearch: (search) => set({ search }),
  setView: (view) => set({ view }),
  setSavedView: (savedView) => set({ savedView }),
  setLocate: (locate) => set({ locate }),
  review: (plan) => set({ screen: "review", plan, panel: null }),
  showRun: (run) => set({ screen: "run", run, panel: null }),
  showHistory: (historyFocus) => set({ screen: "history", historyFocus, panel: null }),
  setPaletteOpen: (paletteOpen) => set({ paletteOpen }),
  setKeysOpen: (keysOpen) => set({ keysOpen }),
}));
