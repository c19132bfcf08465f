/** Widths, order and which columns are in view. */

import type { GridColumn } from "./types";

/** Width of the column of boxes, CSS pixels. */
export const TICK_WIDTH = 38;
export const NARROWEST = 56;
export const WIDEST = 640;

const MOST_GROWTH = 2;

export interface Place {
  /** From the left edge of the table, the column of boxes included. */
  left: number;
  width: number;
}

export interface Layout {
  /** One per column, in order. */
  places: Place[];
  /** How many columns stay put when the rest scrolls sideways. */
  pinned: number;
  pinnedWidth: number;
  width: number;
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(Math.max(NARROWEST, width), WIDEST));
}

/** Pinned columns come first, each group in the order given. */
export function orderColumns<Column extends { pinned: boolean }>(columns: readonly Column[]): Column[] {
  return [...columns.filter((column) => column.pinned), ...columns.filter((column) => !column.pinned)];
}

/**
 * Columns nobody sized share the room: they shrink to what they need at least before the table
 * scrolls sideways, and grow a little before it stands in a sea of white.
 */
export function layoutColumns(columns: readonly GridColumn[], room: number): Layout {
  const loose = columns.filter((column) => column.width === 0);
  const free = room - TICK_WIDTH - sum(columns.map((column) => column.width));
  const natural = sum(loose.map((column) => column.natural));
  const least = sum(loose.map((column) => column.least));
  const widthOf = (column: GridColumn): number => {
    if (column.width > 0) return column.width;
    if (free >= natural) {
      return Math.floor(column.natural * (natural === 0 ? 1 : Math.min(free / natural, MOST_GROWTH)));
    }
    // When even the least does not fit there is sideways scrolling anyway: no need to be cramped too.
    const give = free < least ? 0 : (natural - free) / (natural - least);
    return Math.floor(column.natural - (column.natural - column.least) * give);
  };
  const places: Place[] = [];
  let left = TICK_WIDTH;
  for (const column of columns) {
    const width = widthOf(column);
    places.push({ left, width });
    left += width;
  }
  const pinned = columns.filter((column) => column.pinned).length;
  const last = places[pinned - 1];
  return { places, pinned, pinnedWidth: last ? last.left + last.width : TICK_WIDTH, width: left };
}

/** The columns that scroll and touch the view: first, and one past the last. */
export function columnsInView(
  layout: Layout,
  scrollLeft: number,
  view: number,
): { first: number; end: number } {
  const from = scrollLeft + layout.pinnedWidth;
  const to = scrollLeft + view;
  let first = layout.pinned;
  while (first < layout.places.length - 1 && right(layout, first) <= from) first += 1;
  let end = first;
  while (end < layout.places.length && (layout.places[end]?.left ?? 0) < to) end += 1;
  return {
    first: Math.min(first, layout.places.length),
    end: Math.max(end, Math.min(first + 1, layout.places.length)),
  };
}

function right(layout: Layout, column: number): number {
  const place = layout.places[column];
  return place ? place.left + place.width : 0;
}

/** The smallest sideways move that shows a column whole. */
export function revealColumn(layout: Layout, scrollLeft: number, view: number, column: number): number {
  const place = layout.places[column];
  if (!place || column < layout.pinned) return scrollLeft;
  const leftmost = place.left - layout.pinnedWidth;
  const rightmost = place.left + place.width - view;
  if (leftmost < scrollLeft || rightmost > leftmost) return Math.max(0, leftmost);
  return Math.max(scrollLeft, rightmost);
}

/** The column under a distance from the left edge of the view; past the last column, the last. */
export function columnUnder(layout: Layout, scrollLeft: number, x: number): number {
  const at = x < layout.pinnedWidth ? x : x + scrollLeft;
  const from = x < layout.pinnedWidth ? 0 : layout.pinned;
  const end = x < layout.pinnedWidth ? layout.pinned : layout.places.length;
  for (let column = from; column < end; column += 1) {
    if (at < right(layout, column)) return column;
  }
  return Math.max(0, end - 1);
}

/** A column dropped before another (or at the end); it stays on its side of the pin. */
export function moveColumn<Column extends { pinned: boolean }>(
  columns: readonly Column[],
  from: number,
  before: number,
): Column[] {
  const moved = columns[from];
  if (!moved) return [...columns];
  const rest = columns.filter((_, index) => index !== from);
  rest.splice(before > from ? before - 1 : before, 0, moved);
  return orderColumns(rest);
}

function sum(widths: number[]): number {
  return widths.reduce((total, width) => total + width, 0);
}
