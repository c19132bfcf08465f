/** Stands in for zustand where screens are tested: every store begins each test as it was made. */

import { create as made } from "zustand/react";
import type { StateCreator } from "zustand/vanilla";

export { useStore } from "zustand/react";
export * from "zustand/vanilla";

const stores = new Set<() => void>();

export const create =
  <T>() =>
  (state: StateCreator<T>) => {
    const store = made(state);
    stores.add(() => store.setState(store.getInitialState(), true));
    return store;
  };

export function resetStores(): void {
  for (const reset of stores) {
    reset();
  }
}
