/** What the People screen is set to; kept while other screens are looked at. */

import { create } from "zustand";
import { withoutAll } from "../../directory/chosen";
import type { Notice } from "../../directory/notices";
import type { TextBlock } from "../../grid/clipboard";
import type { Place } from "../../grid/controller";
import { type Block, NO_TICKS, type Ticks } from "../../grid/selection";
import type {
  AttributeId,
  ColumnLayout,
  ConnectionId,
  Filter,
  RowId,
  SavedView,
  SavedViewId,
  Sort,
} from "../../host";
import { useSelection, useWindow } from "../../state";
import type { Laid } from "./blocks";

export type Asked =
  | { ask: "edit"; attribute: AttributeId | null; title: string }
  | { ask: "clear"; blocks: readonly Block[] }
  | { ask: "paste"; texts: TextBlock; into: readonly Block[]; laid: Laid }
  | { ask: "protect" }
  | { ask: "saveView" }
  | { ask: "exempt" };

/** Where the table stood when the screen was left, and of which people. */
export interface LeftAt extends Place {
  row: RowId | null;
  query: string;
}

interface PeopleState {
  connection: ConnectionId | null;
  /** The saved view that was taken up last. */
  applied: SavedViewId | null;
  filters: Filter[];
  sort: Sort[];
  /** Columns as they are being dragged; null when those that are kept hold. */
  columns: ColumnLayout[] | null;
  /** The saved view's density; null for the window's own. */
  compact: boolean | null;
  /** Columns on screen, in order. */
  shown: readonly AttributeId[];
  filterOpen: boolean;
  /** The attribute a new filter begins with, when one was pointed at. */
  filterFor: AttributeId | null;
  columnsOpen: boolean;
  /** The columns that are to be as wide as what they show; the table does it, and is done. */
  fit: "chosen" | "all" | null;
  ticks: Ticks;
  asked: Asked | null;
  notice: Notice | null;
  /** How values read that only the engine can name: managers, by attribute and value or by row. */
  names: Readonly<Record<string, string>>;
  place: LeftAt | null;
  start: (connection: ConnectionId) => void;
  setFilters: (filters: Filter[]) => void;
  setSort: (sort: Sort[]) => void;
  setColumns: (columns: ColumnLayout[] | null) => void;
  setCompact: (compact: boolean) => void;
  /** Takes a saved view's filters, sort and density; null goes back to everyone. */
  apply: (view: SavedView | null) => void;
  show: (shown: readonly AttributeId[]) => void;
  openFilter: (open: boolean, attribute?: AttributeId) => void;
  openColumns: (open: boolean) => void;
  fitColumns: (fit: "chosen" | "all" | null) => void;
  setTicks: (ticks: Ticks) => void;
  ask: (asked: Asked | null) => void;
  tell: (notice: Notice | null) => void;
  name: (key: string, text: string) => void;
  leave: (place: LeftAt) => void;
}

const NEW = {
  applied: null,
  filters: [],
  sort: [],
  columns: null,
  compact: null,
  shown: [],
  filterOpen: false,
  filterFor: null,
  columnsOpen: false,
  fit: null,
  ticks: NO_TICKS,
  asked: null,
  notice: null,
  names: {},
  place: null,
} satisfies Partial<PeopleState>;

export const usePeople = create<PeopleState>()((set, get) => ({
  connection: null,
  ...NEW,
  start: (connection) => {
    if (get().connection !== connection) set({ connection, ...NEW });
  },
  setFilters: (filters) => set((now) => ({ filters, ticks: withoutAll(now.ticks) })),
  setSort: (sort) => set({ sort }),
  setColumns: (columns) => set({ columns }),
  setCompact: (compact) => set({ compact }),
  apply: (view) =>
    set((now) => ({
      applied: view?.id ?? null,
      filters: view?.definition.query.filters ?? [],
      sort: view?.definition.query.sort ?? [],
      compact: view?.definition.compact ?? null,
      columns: null,
      ticks: withoutAll(now.ticks),
    })),
  show: (shown) => set({ shown }),
  openFilter: (filterOpen, attribute) => set({ filterOpen, filterFor: attribute ?? null }),
  openColumns: (columnsOpen) => set({ columnsOpen }),
  fitColumns: (fit) => set({ fit }),
  setTicks: (ticks) => set({ ticks }),
  ask: (asked) => set({ asked }),
  tell: (notice) => set({ notice }),
  leave: (place) => set({ place }),
  name: (key, text) =>
    set((now) => (now.names[key] === text ? {} : { names: { ...now.names, [key]: text } })),
}));

export const personKey = (row: RowId) => `row ${row}`;
export const valueKey = (attribute: AttributeId, value: string) => `${attribute} ${value}`;

export function clearEverything(): void {
  useWindow.getState().setSearch("");
  useWindow.getState().setSavedView(null);
  usePeople.getState().setFilters([]);
}

export function hasSelection(): boolean {
  return useSelection.getState().count > 0;
}
