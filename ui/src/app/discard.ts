import { create } from "zustand";

/** Whether the question "Discard the draft?" is on screen. */
export const useDiscard = create<{ asking: boolean }>()(() => ({ asking: false }));

export function askToDiscard(): void {
  useDiscard.setState({ asking: true });
}
