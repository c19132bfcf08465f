import { create } from "zustand";

interface Announcement {
  words: string;
  /** Grows, so that the same words twice are two announcements. */
  turn: number;
  say: (words: string) => void;
}

/** What the window's polite live region says; for what is seen on screen but not where the focus is. */
export const useAnnouncement = create<Announcement>()((set) => ({
  words: "",
  turn: 0,
  say: (words) => set((now) => ({ words, turn: now.turn + 1 })),
}));

export function announce(words: string): void {
  useAnnouncement.getState().say(words);
}
