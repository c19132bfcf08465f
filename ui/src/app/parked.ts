import { create } from "zustand";

/** Which question about drafts is on screen: a name for the one in use, or which of those put aside. */
export const useParking = create<{ asking: "name" | "list" | null }>()(() => ({ asking: null }));

export function askForName(): void {
  useParking.setState({ asking: "name" });
}

export function showParked(): void {
  useParking.setState({ asking: "list" });
}
