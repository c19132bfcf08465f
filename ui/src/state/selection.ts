import { create } from "zustand";
import type { Selection } from "../host";

export interface SelectionState {
  /** Who is chosen in the people grid; null when nobody is. */
  selection: Selection | null;
  count: number;
  set: (selection: Selection, count: number) => void;
  clear: () => void;
}

export const useSelection = create<SelectionState>()((set) => ({
  selection: null,
  count: 0,
  set: (selection, count) => set(count === 0 ? { selection: null, count: 0 } : { selection, count }),
  clear: () => set({ selection: null, count: 0 }),
}));
