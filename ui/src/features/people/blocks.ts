/** Blocks of cells into the draft: fill, paste and clear, laid against people and attributes. */

import type { ViewSession } from "../../directory/session";
import { heldValue, type PersonRow } from "../../directory/values";
import type { TextBlock } from "../../grid/clipboard";
import { type Block, blockRows, pasteTarget } from "../../grid/selection";
import {
  type Attribute,
  type AttributeId,
  type ConnectionId,
  type Edit,
  host,
  type PastedCell,
  type Selection,
  type ViewId,
} from "../../host";
import { failureNotice, refusalNotice } from "./staging";
import { usePeople } from "./store";

/** More people than this in one paste want a file, where each line can be looked at first. */
export const MOST_PASTED = 20_000;

export interface Laid {
  cells: PastedCell[];
  people: number;
  /** Lines that reach past the last person, and columns past the last column. */
  linesOver: number;
  columnsOver: number;
  /** Names of columns that can't be edited. */
  fixed: string[];
}

/** An empty cell of a pasted block leaves the value alone. */
export function layBlock(
  texts: TextBlock,
  chosen: Block,
  columns: readonly Attribute[],
  rows: readonly PersonRow[],
): Laid {
  const width = texts[0]?.length ?? 0;
  const { block } = pasteTarget(chosen, texts.length, width);
  const into = columns.slice(block.left, block.right + 1);
  const cells = rows.flatMap((row, down) =>
    into.flatMap((attribute, across): PastedCell[] => {
      const text = texts[down % texts.length]?.[across % width] ?? "";
      return attribute.writable && text.trim() !== "" ? [{ row: row.id, attribute: attribute.id, text }] : [];
    }),
  );
  return {
    cells,
    people: new Set(cells.map((cell) => cell.row)).size,
    linesOver: Math.max(0, blockRows(block) - rows.length),
    columnsOver: Math.max(0, block.right + 1 - columns.length),
    fixed: into.filter((attribute) => !attribute.writable).map((attribute) => attribute.label),
  };
}

/** A block of text into each of the chosen blocks; rows off screen are fetched. */
export async function layAll(
  texts: TextBlock,
  into: readonly Block[],
  columns: readonly Attribute[],
  session: ViewSession,
  total: number,
): Promise<Laid> {
  const parts: Laid[] = [];
  for (const chosen of into) {
    const { block } = pasteTarget(chosen, texts.length, texts[0]?.length ?? 1);
    const rows = await session.cache.fetch(block.top, Math.min(block.bottom + 1, total));
    parts.push(layBlock(texts, chosen, columns, rows));
  }
  const cells = parts.flatMap((part) => part.cells);
  return {
    cells,
    people: new Set(cells.map((cell) => cell.row)).size,
    linesOver: parts.reduce((sum, part) => sum + part.linesOver, 0),
    columnsOver: Math.max(0, ...parts.map((part) => part.columnsOver)),
    fixed: [...new Set(parts.flatMap((part) => part.fixed))],
  };
}

/** What was said about a pasted value, wherever in the block it stands: by `answerKey`. */
export interface Answers {
  /** Segments to be made. */
  created: ReadonlySet<string>;
  /** Texts to read instead: a value in use, or the address of the person who is meant. */
  instead: ReadonlyMap<string, string>;
}

export const NO_ANSWERS: Answers = { created: new Set(), instead: new Map() };

export const answerKey = (attribute: AttributeId, text: string) => `${attribute} ${text.trim()}`;

export function answered(cells: readonly PastedCell[], { created, instead }: Answers): PastedCell[] {
  return cells.map((cell) => {
    const key = answerKey(cell.attribute, cell.text);
    const text = instead.get(key);
    if (text !== undefined) return { ...cell, text };
    return created.has(key) ? { ...cell, newOption: true } : cell;
  });
}

export function rowsOf(block: Block, view: ViewId): Selection {
  return { of: "range", view, start: block.top, end: block.bottom + 1 };
}

export function setOrClear(attribute: Attribute, value: string | null, newOption = false): Edit {
  return value === null
    ? { do: "clear", attribute: attribute.id }
    : { do: "set", attribute: attribute.id, value, newOption };
}

/** The source's values into the target; a source of several rows repeats, as in a spreadsheet. */
export async function fillBlock(
  connection: ConnectionId,
  view: ViewId,
  session: ViewSession,
  columns: readonly Attribute[],
  source: Block,
  target: Block,
): Promise<void> {
  const { tell } = usePeople.getState();
  const from: PersonRow[] = await session.cache.fetch(source.top, source.bottom + 1);
  const first = from[0];
  if (!first) return;
  try {
    if (from.length === 1 && source.left === target.left) {
      for (const attribute of columns.slice(source.left, source.right + 1)) {
        if (!attribute.writable) continue;
        const cell = first.raw[attribute.id];
        const edit = setOrClear(attribute, heldValue(cell), cell?.staged !== undefined);
        const staged = await host.stage(connection, rowsOf(target, view), edit, false);
        tell(refusalNotice(staged));
      }
      return;
    }
    const texts = from.map((row) =>
      columns.slice(source.left, source.right + 1).map((attribute) => heldValue(row.raw[attribute.id]) ?? ""),
    );
    const rows = await session.cache.fetch(target.top, target.bottom + 1);
    const laid = layBlock(repeat(texts, target), target, columns, rows);
    if (laid.cells.length > 0)
      tell(refusalNotice(await host.stagePasted(connection, laid.cells, null, false)));
  } catch (thrown) {
    tell(failureNotice(thrown));
  }
}

function repeat(texts: TextBlock, target: Block): TextBlock {
  const width = texts[0]?.length ?? 1;
  return Array.from({ length: blockRows(target) }, (_, down) =>
    Array.from(
      { length: target.right - target.left + 1 },
      (_, across) => texts[down % texts.length]?.[across % width] ?? "",
    ),
  );
}
