/** A block of rows as text for the clipboard. */

import { printTsv, type TextBlock } from "./clipboard";
import type { Block } from "./selection";
import type { GridColumn, GridRow } from "./types";

export function textsOf(rows: readonly GridRow[], columns: readonly GridColumn[], block: Block): TextBlock {
  const copied = columns.slice(block.left, block.right + 1);
  return rows.map((row) =>
    copied.map((column) => {
      const cell = row.cells[column.id];
      return cell?.copy ?? cell?.text ?? "";
    }),
  );
}

/**
 * Rows off screen are fetched first; the clipboard takes the promise while the key still counts as
 * the user's. Fails when some of the rows could not be had: half a copy is worse than none.
 */
export function copyLater(
  rows: Promise<GridRow[]>,
  count: number,
  columns: readonly GridColumn[],
  block: Block,
): Promise<void> {
  const text = rows.then((all) => {
    if (all.length < count) throw new Error(`${all.length} of ${count} rows`);
    return new Blob([printTsv(textsOf(all, columns, block))], { type: "text/plain" });
  });
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
}
