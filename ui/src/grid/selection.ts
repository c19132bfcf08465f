/** What is chosen: a block of cells, and beside it the rows that are ticked. */

import type { Bounds, Cell } from "./cursor";

/** Cells from one corner to the other, both inclusive. */
export interface Block {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export function blockBetween(anchor: Cell, focus: Cell): Block {
  return {
    top: Math.min(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    bottom: Math.max(anchor.row, focus.row),
    right: Math.max(anchor.column, focus.column),
  };
}

export function isInBlock(block: Block, row: number, column: number): boolean {
  return row >= block.top && row <= block.bottom && column >= block.left && column <= block.right;
}

export function blockRows(block: Block): number {
  return block.bottom - block.top + 1;
}

export function blockColumns(block: Block): number {
  return block.right - block.left + 1;
}

export function isOneCell(block: Block): boolean {
  return block.top === block.bottom && block.left === block.right;
}

/** The part of a block that is still in a table that became smaller; null when nothing is. */
export function clipBlock(block: Block, bounds: Bounds): Block | null {
  const clipped = {
    top: Math.max(0, block.top),
    left: Math.max(0, block.left),
    bottom: Math.min(block.bottom, bounds.rows - 1),
    right: Math.min(block.right, bounds.columns - 1),
  };
  return clipped.top > clipped.bottom || clipped.left > clipped.right ? null : clipped;
}

export interface RowSpan {
  first: number;
  /** Inclusive. */
  last: number;
}

/**
 * Separate blocks as the one rectangle that a clipboard holds: the rows one below the other where all
 * have the same columns, the columns side by side where all have the same rows. Else null.
 */
export function oneShape(blocks: readonly Block[]): { spans: RowSpan[]; columns: number[] } | null {
  const [one] = blocks;
  if (!one) return null;
  if (blocks.every((block) => block.left === one.left && block.right === one.right)) {
    return { spans: mergeRows(blocks), columns: upTo(one.left, one.right) };
  }
  if (blocks.every((block) => block.top === one.top && block.bottom === one.bottom)) {
    const columns = new Set(blocks.flatMap((block) => upTo(block.left, block.right)));
    return { spans: [{ first: one.top, last: one.bottom }], columns: [...columns].sort((a, b) => a - b) };
  }
  return null;
}

/** The rows of the blocks from the top, each once. */
export function mergeRows(blocks: readonly Block[]): RowSpan[] {
  const merged: RowSpan[] = [];
  for (const { top, bottom } of [...blocks].sort((a, b) => a.top - b.top)) {
    const last = merged.at(-1);
    if (last && top <= last.last + 1) last.last = Math.max(last.last, bottom);
    else merged.push({ first: top, last: bottom });
  }
  return merged;
}

export function countRows(spans: readonly RowSpan[]): number {
  return spans.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

function upTo(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/**
 * Where a pasted block lands. As in a spreadsheet: from the upper left of what is chosen; when the
 * choice is a whole multiple of the block, the block is repeated to fill it.
 */
export function pasteTarget(
  chosen: Block,
  rows: number,
  columns: number,
): { block: Block; repeatRows: number; repeatColumns: number } {
  const fits = (have: number, want: number) => (have > want && have % want === 0 ? have / want : 1);
  const repeatRows = fits(blockRows(chosen), rows);
  const repeatColumns = fits(blockColumns(chosen), columns);
  return {
    block: {
      top: chosen.top,
      left: chosen.left,
      bottom: chosen.top + rows * repeatRows - 1,
      right: chosen.left + columns * repeatColumns - 1,
    },
    repeatRows,
    repeatColumns,
  };
}

/**
 * Ticked rows, by the row's own id so that sorting or a sync moves no tick: some of them, or all of
 * the view but some. All-but never needs the ids of the rest.
 */
export type Ticks = { of: "some"; ids: ReadonlySet<number> } | { of: "all"; except: ReadonlySet<number> };

export const NO_TICKS: Ticks = { of: "some", ids: new Set() };
export const ALL_TICKS: Ticks = { of: "all", except: new Set() };

export function isTicked(ticks: Ticks, id: number): boolean {
  return ticks.of === "some" ? ticks.ids.has(id) : !ticks.except.has(id);
}

export function countTicks(ticks: Ticks, total: number): number {
  return ticks.of === "some" ? ticks.ids.size : Math.max(0, total - ticks.except.size);
}

/** Ticks or unticks rows, leaving the others as they are. */
export function setTicks(ticks: Ticks, ids: Iterable<number>, on: boolean): Ticks {
  if (ticks.of === "some") {
    const next = new Set(ticks.ids);
    for (const id of ids) {
      if (on) next.add(id);
      else next.delete(id);
    }
    return { of: "some", ids: next };
  }
  const except = new Set(ticks.except);
  for (const id of ids) {
    if (on) except.delete(id);
    else except.add(id);
  }
  return { of: "all", except };
}

/** What the header's box shows. */
export type TickMark = "none" | "some" | "all";

export function tickState(ticks: Ticks, total: number): TickMark {
  const count = countTicks(ticks, total);
  if (count === 0 || total === 0) return "none";
  return ticks.of === "all" && ticks.except.size === 0 ? "all" : "some";
}
