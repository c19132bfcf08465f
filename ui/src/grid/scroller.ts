/**
 * Where the table stands, when it may be taller than a browser can lay out.
 *
 * The truth is `top`: CSS pixels from the first row's upper edge, at any height. The scrollbar only
 * shows it: the spacer that gives the scrollbar its length is capped, and past the cap scroll
 * positions stand for tops in proportion. Wheel and keys move `top` itself, so they stay exact.
 */

/** Blink and WebKit both keep lengths in 1/64 px in 32 bits, in device pixels. */
const LONGEST_LAYOUT = 33_554_428;
/** Taller than either can lay out, CSS pixels. */
export const TALLER_THAN_ANY = 40_000_000;

export interface Extent {
  rows: number;
  /** CSS pixels. */
  rowHeight: number;
  /** CSS pixels in which rows are seen. */
  view: number;
  /** The longest spacer, CSS pixels: see `longestSpacer`. */
  cap: number;
  /** Room below the last row, CSS pixels: for what floats over the table. */
  tail: number;
}

/**
 * The longest spacer at a display scale, with room for the header and for rounding. `laidOut` is what became
 * of an element that asked for `TALLER_THAN_ANY`: the page's own zoom shows there, and in WebKit nowhere else.
 */
export function longestSpacer(scale: number, laidOut = TALLER_THAN_ANY): number {
  return Math.floor(Math.min(LONGEST_LAYOUT / Math.max(1, scale), laidOut)) - 4096;
}

/** All rows end to end and the tail, which no element need ever be. */
export function fullHeight(extent: Extent): number {
  return extent.rows * extent.rowHeight + extent.tail;
}

export function spacerHeight(extent: Extent): number {
  return Math.min(fullHeight(extent), Math.max(extent.cap, extent.view));
}

export function isCapped(extent: Extent): boolean {
  return fullHeight(extent) > spacerHeight(extent);
}

/** The `top` at which the last row, or the tail, touches the lower edge. */
export function lastTop(extent: Extent): number {
  return Math.max(0, fullHeight(extent) - extent.view);
}

export function clampTop(extent: Extent, top: number): number {
  if (Number.isNaN(top)) return 0;
  return Math.min(Math.max(0, top), lastTop(extent));
}

function lastScroll(extent: Extent): number {
  return Math.max(0, spacerHeight(extent) - extent.view);
}

/** The scrollbar's position for a top. */
export function scrollOfTop(extent: Extent, top: number): number {
  const last = lastTop(extent);
  if (last === 0) return 0;
  if (!isCapped(extent)) return clampTop(extent, top);
  return (clampTop(extent, top) / last) * lastScroll(extent);
}

/**
 * The top that a scroll position stands for. `from` is where the table stands: a position that is
 * merely the echo of it, rounded to the device's pixels, changes nothing.
 */
export function topOfScroll(extent: Extent, scroll: number, from: number): number {
  if (!isCapped(extent)) return clampTop(extent, scroll);
  const end = lastScroll(extent);
  const here = clampTop(extent, from);
  if (Math.abs(scroll - scrollOfTop(extent, here)) < 1) return here;
  if (scroll <= 0) return 0;
  if (scroll >= end - 1) return lastTop(extent);
  return clampTop(extent, (scroll / end) * lastTop(extent));
}

/** Rows that fit whole, at least one: a page of PgUp and PgDn keeps one row of the last page. */
export function rowsInView(extent: Extent): number {
  return Math.max(1, Math.floor(extent.view / extent.rowHeight));
}

/** The smallest move that shows a row whole; a row taller than the view shows its upper edge. */
export function reveal(extent: Extent, top: number, row: number): number {
  const upper = row * extent.rowHeight;
  const lower = upper + extent.rowHeight;
  const here = clampTop(extent, top);
  if (upper < here || extent.rowHeight > extent.view) return clampTop(extent, upper);
  if (lower > here + extent.view) return clampTop(extent, lower - extent.view);
  return here;
}

export interface Span {
  /** First row, inclusive. */
  first: number;
  /** One past the last row. */
  end: number;
}

/** The rows that touch the view, with some to spare on both sides. */
export function rowsAt(extent: Extent, top: number, spare = 0): Span {
  const here = clampTop(extent, top);
  const first = Math.floor(here / extent.rowHeight) - spare;
  const end = Math.ceil((here + extent.view) / extent.rowHeight) + spare;
  return {
    first: Math.min(Math.max(0, first), extent.rows),
    end: Math.min(Math.max(0, end), extent.rows),
  };
}

/** The row under a height measured from the upper edge of the view; past the last row, the last. */
export function rowUnder(extent: Extent, top: number, y: number): number {
  const row = Math.floor((clampTop(extent, top) + y) / extent.rowHeight);
  return Math.min(Math.max(0, row), Math.max(0, extent.rows - 1));
}

/** Wheel steps come as pixels, lines or pages. */
export function wheelPixels(extent: Extent, delta: number, mode: number): number {
  if (mode === 1) return delta * extent.rowHeight;
  if (mode === 2) return delta * rowsInView(extent) * extent.rowHeight;
  return delta;
}
