/** What follows the threshold as it moves, without asking anybody. */

import type { Board, HistogramDay, PileCount } from "../../host";

export interface Beyond {
  people: number;
  seats: number;
}

/** Everyone last seen that many days ago or longer. */
export function beyond(histogram: readonly HistogramDay[], days: number): Beyond {
  let people = 0;
  let seats = 0;
  for (const bar of histogram) {
    if (bar.days >= days) {
      people += bar.people;
      seats += bar.seats;
    }
  }
  return { people, seats };
}

/** The threshold's right end: a little room past the longest absence, and never less than half a year. */
export function furthest(histogram: readonly HistogramDay[], policyDays: number): number {
  const longest = histogram.at(-1)?.days ?? 0;
  return Math.max(180, longest + 1, policyDays + 1);
}

/** The fewest days at which fewer people than this are beyond: so many brake, and left of its line they do. */
export function brakeAt(histogram: readonly HistogramDay[], people: number): number | null {
  let beyond = 0;
  for (let at = histogram.length - 1; at >= 0; at -= 1) {
    const bar = histogram[at];
    if (!bar) continue;
    beyond += bar.people;
    if (beyond >= people) return bar.days + 1;
  }
  // Fewer people than that altogether: the brake is never reached.
  return null;
}

const BINS = [1, 2, 5, 7, 10, 15, 30, 60, 90, 180, 365];
const MOST_BINS = 48;

export interface Bin {
  /** First day, and one past the last. */
  from: number;
  to: number;
  people: number;
}

/** Bars of equal width, few enough to be told apart. */
export function bins(histogram: readonly HistogramDay[], end: number): Bin[] {
  const width = BINS.find((one) => end / one <= MOST_BINS) ?? Math.ceil(end / MOST_BINS);
  const counts = new Map<number, number>();
  for (const bar of histogram) {
    const at = Math.floor(bar.days / width);
    counts.set(at, (counts.get(at) ?? 0) + bar.people);
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([at, people]) => ({ from: at * width, to: (at + 1) * width, people }));
}

/** How high so many people stand beside the most of any bar, from 0 to 1: by the root, as where nearly everybody was here
 * last week the few that matter would not be seen. */
export function height(people: number, most: number): number {
  return people <= 0 ? 0 : Math.sqrt(Math.min(1, people / Math.max(1, most)));
}

export interface Piece extends Bin {
  dormant: boolean;
}

/** Bars cut where the threshold stands, so that each side has its own colour. */
export function cut(all: readonly Bin[], days: number): Piece[] {
  return all.flatMap((bin): Piece[] => {
    if (bin.to <= days) return [{ ...bin, dormant: false }];
    if (bin.from >= days) return [{ ...bin, dormant: true }];
    return [
      { ...bin, to: days, dormant: false },
      { ...bin, from: days, dormant: true },
    ];
  });
}

/** Where the days are written below the bars. */
export function ticks(end: number): number[] {
  const step = end <= 200 ? 30 : end <= 540 ? 90 : end <= 1100 ? 180 : 365;
  const found: number[] = [];
  for (let day = 0; day <= end; day += step) found.push(day);
  return found;
}

export function tickWords(day: number): string {
  return day > 0 && day % 365 === 0 ? (day === 365 ? "1 year" : `${day / 365} years`) : String(day);
}

/** What a key does to the threshold; null when it is none of its keys. */
export function moved(key: string, shift: boolean, days: number, least: number, most: number): number | null {
  const step = shift ? 10 : 1;
  const to = (() => {
    switch (key) {
      case "ArrowLeft":
      case "ArrowDown":
        return days - step;
      case "ArrowRight":
      case "ArrowUp":
        return days + step;
      case "PageDown":
        return days - 10;
      case "PageUp":
        return days + 10;
      case "Home":
        return least;
      case "End":
        return most;
      default:
        return null;
    }
  })();
  return to === null ? null : Math.max(least, Math.min(most, to));
}

export function pileOf(board: Board, pile: PileCount["pile"]): PileCount {
  return board.piles.find((one) => one.pile === pile) ?? { pile, people: 0, seats: 0 };
}

/** Where words stand beside a line: to its right or left, whole or short. */
export interface Words {
  text: string;
  left: boolean;
}

/** The first of the texts that fits beside a line at `at` without reaching over `barred` or an end; null where none does.
 * Widths and places in CSS pixels. */
export function beside(
  at: number,
  texts: readonly string[],
  widthOf: (text: string) => number,
  barred: number,
  end: number,
): Words | null {
  for (const text of texts) {
    const width = widthOf(text);
    const clear = (from: number, to: number) => from >= 0 && to <= end && (barred < from || barred > to);
    if (clear(at, at + width)) return { text, left: false };
    if (clear(at - width, at)) return { text, left: true };
  }
  return null;
}
