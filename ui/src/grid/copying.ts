/** Rows as text for the clipboard. */

import { printHtml, printTsv, type TextBlock } from "./clipboard";
import { type Block, countRows, mergeRows, oneShape, type RowSpan } from "./selection";
import type { GridColumn, GridRow, RowSource } from "./types";

/** A clipboard is one string in memory, three times over; more rows than this want a file. */
const MOST_COPIED = 50_000;

export interface Copying {
  copied: (rows: number) => void;
  /** Too many rows, or they could not be read; or blocks `apart`, which make no rectangle. */
  refused: (rows: number, apart: boolean) => void;
}

/** The blocks as one table, text and HTML. */
export function copyBlocks(
  into: DataTransfer,
  blocks: readonly Block[],
  source: RowSource,
  all: readonly GridColumn[],
  { copied, refused }: Copying,
): void {
  const shape = oneShape(blocks);
  const count = countRows(mergeRows(blocks));
  if (!shape || count > MOST_COPIED) {
    refused(count, shape === null);
    return;
  }
  const columns = shape.columns.flatMap((at) => all[at] ?? []);
  const rows = rowsAtHand(source, shape.spans);
  if (rows) {
    const texts = textsOf(rows, columns);
    into.setData("text/plain", printTsv(texts));
    into.setData("text/html", printHtml(texts));
    copied(count);
    return;
  }
  const fetched = fetchRows(source, shape.spans).then((all) => {
    // Half a copy is worse than none.
    if (all.length < count) throw new Error(`${all.length} of ${count} rows`);
    return textsOf(all, columns);
  });
  copyLater(fetched)
    .then(() => copied(count))
    .catch(() => refused(count, false));
}

/** What a copy says of rows: as painted, or as a spreadsheet understands it in every locale. */
export function textsOf(rows: readonly GridRow[], columns: readonly { id: number }[]): TextBlock {
  return rows.map((row) =>
    columns.map((column) => {
      const cell = row.cells[column.id];
      return cell?.copy ?? cell?.text ?? "";
    }),
  );
}

/** The rows when all of them are at hand, else null. */
export function rowsAtHand<Row extends GridRow>(
  source: { current(index: number): Row | undefined },
  spans: readonly RowSpan[],
): Row[] | null {
  const rows: Row[] = [];
  for (const { first, last } of spans) {
    for (let index = first; index <= last; index += 1) {
      const row = source.current(index);
      if (!row) return null;
      rows.push(row);
    }
  }
  return rows;
}

export async function fetchRows(source: RowSource, spans: readonly RowSpan[]): Promise<GridRow[]> {
  const rows: GridRow[] = [];
  for (const { first, last } of spans) rows.push(...(await source.fetch(first, last + 1)));
  return rows;
}

/**
 * A table still on its way, as text and HTML; the clipboard takes the promises while the key still counts as the user's.
 * From text alone a spreadsheet would make a number of 0042.
 */
export function copyLater(texts: Promise<TextBlock>): Promise<void> {
  const as = (type: string, print: (block: TextBlock) => string) =>
    texts.then((block) => new Blob([print(block)], { type }));
  return navigator.clipboard.write([
    new ClipboardItem({ "text/plain": as("text/plain", printTsv), "text/html": as("text/html", printHtml) }),
  ]);
}
