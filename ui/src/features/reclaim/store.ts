/** What Reclaim is set to; kept while other screens are looked at. */

import { create } from "zustand";
import { withoutAll } from "../../directory/chosen";
import type { Notice } from "../../directory/notices";
import { ALL_TICKS, NO_TICKS, type Ticks } from "../../grid/selection";
import type {
  ColumnLayout,
  ConnectionId,
  Filter,
  HostError,
  Import,
  ImportProgress,
  Pile,
  PileFilter,
  Selection,
  Sort,
} from "../../host";
import { PRESELECTED } from "./words";

export type Above = "days" | "groups" | "months";

export type Asked = "evidence" | "policy" | "exempt" | null;

export interface Refused {
  fileName: string | null;
  error: HostError;
}

/** One value of a group. */
export interface Group {
  filter: Filter;
  /** "Department is" */
  label: string;
  value: string;
}

/** Who is ticked in the list on screen, and by what they are in it. */
export interface Chosen {
  selection: Selection;
  count: number;
  pile: PileFilter;
}

/** Files of one connection on their way in. A reading may end when another connection is looked at. */
export interface Files {
  /** Read, and not counting yet. */
  imports: Import[];
  /** Readings that are not over. */
  underWay: number;
  progress: ImportProgress | null;
  /** Why the last ones could not be read; without a name, none of them. */
  refused: Refused[];
}

export const NO_FILES: Files = { imports: [], underWay: 0, progress: null, refused: [] };

interface ReclaimState {
  connection: ConnectionId | null;
  /** The evidence is older than the policy's days: by it everybody looks dormant. */
  outdated: boolean;
  pile: Pile;
  /** The threshold where it was moved; null where the policy's holds. */
  days: number | null;
  /** What stands above the list. */
  above: Above;
  /** What the list is narrowed to. */
  filter: Group | null;
  sort: Sort[] | null;
  columns: ColumnLayout[] | null;
  ticks: Ticks;
  /** Null while nobody is, or no list is on screen. */
  chosen: Chosen | null;
  asked: Asked;
  notice: Notice | null;
  files: Readonly<Record<ConnectionId, Files>>;
  start: (connection: ConnectionId, outdated?: boolean) => void;
  choose: (pile: Pile) => void;
  move: (days: number | null) => void;
  look: (above: Above) => void;
  narrow: (filter: Group | null) => void;
  setSort: (sort: Sort[]) => void;
  setColumns: (columns: ColumnLayout[] | null) => void;
  setTicks: (ticks: Ticks) => void;
  setChosen: (chosen: Chosen | null) => void;
  ask: (asked: Asked) => void;
  tell: (notice: Notice | null) => void;
  setFiles: (connection: ConnectionId, change: (files: Files) => Partial<Files>) => void;
}

export const filesOf = ({ files }: Pick<ReclaimState, "files">, connection: ConnectionId): Files =>
  files[connection] ?? NO_FILES;

const ticksOf = (pile: Pile, outdated: boolean): Ticks =>
  PRESELECTED.has(pile) && !(outdated && pile === "seen_long_ago") ? ALL_TICKS : NO_TICKS;

const NEW = {
  pile: "seen_long_ago",
  days: null,
  above: "days",
  filter: null,
  sort: null,
  columns: null,
  ticks: ALL_TICKS,
  chosen: null,
  asked: null,
  notice: null,
} satisfies Partial<ReclaimState>;

export const useReclaim = create<ReclaimState>()((set, get) => ({
  connection: null,
  outdated: false,
  files: {},
  ...NEW,
  start: (connection, outdated = false) => {
    const now = get();
    if (now.connection !== connection) {
      set({ connection, outdated, ...NEW, ticks: ticksOf(NEW.pile, outdated) });
    } else if (now.outdated !== outdated) {
      set({ outdated, ticks: ticksOf(now.pile, outdated) });
    }
  },
  choose: (pile) => set((now) => ({ pile, filter: null, ticks: ticksOf(pile, now.outdated), notice: null })),
  // Who was left out by hand stays left out, wherever the threshold goes.
  move: (days) =>
    set((now) =>
      now.pile === "seen_long_ago"
        ? { days }
        : { days, pile: "seen_long_ago", filter: null, ticks: ticksOf("seen_long_ago", now.outdated) },
    ),
  look: (above) => set({ above }),
  narrow: (filter) => set((now) => ({ filter, ticks: withoutAll(now.ticks) })),
  setSort: (sort) => set({ sort }),
  setColumns: (columns) => set({ columns }),
  setTicks: (ticks) => set({ ticks }),
  setChosen: (chosen) => set({ chosen }),
  ask: (asked) => set({ asked }),
  tell: (notice) => set({ notice }),
  setFiles: (connection, change) =>
    set((now) => {
      const files = filesOf(now, connection);
      return { files: { ...now.files, [connection]: { ...files, ...change(files) } } };
    }),
}));
