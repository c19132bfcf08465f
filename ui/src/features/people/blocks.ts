/** Blocks of cells into the draft: fill, paste and clear, laid against people and attributes. */

import type { ViewSession } from "../../directory/session";
import { heldValue, type PersonRow } from "../../directory/values";
import { number } from "../../format";
import type { TextBlock } from "../../grid/clipboard";
import { type Block, blockRows, mergeRows, pasteTarget, type RowSpan } from "../../grid/selection";
import {
  type Attribute,
  type AttributeId,
  type ChosenEdit,
  type ConnectionId,
  type Edit,
  host,
  type PastedCell,
  type RowId,
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

/** A block of text into each of the chosen blocks, once and for all: whoever stands there now is who is meant. */
export async function layAll(
  texts: TextBlock,
  into: readonly Block[],
  columns: readonly Attribute[],
  session: Rows,
): Promise<Laid> {
  // All at once: of a list that changes in between no two blocks would be of the same.
  const parts = await Promise.all(
    into.map(async (chosen) => {
      const { block } = pasteTarget(chosen, texts.length, texts[0]?.length ?? 1);
      return layBlock(texts, chosen, columns, await session.rows(spanOf(block)));
    }),
  );
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

/** What a block is resolved with: people by the rows where they stand. */
export type Rows = Pick<ViewSession, "rows" | "chosen">;

export const spanOf = ({ top, bottom }: Block): RowSpan => ({ first: top, last: bottom });

/** Emptying these attributes where the blocks hold them, no cell of overlapping blocks twice. */
export function clearEdits(
  blocks: readonly Block[],
  columns: readonly Attribute[],
  clearable: readonly Attribute[],
  session: Rows,
): ChosenEdit[] {
  return clearable.flatMap((attribute) => {
    const at = columns.indexOf(attribute);
    const spans = mergeRows(blocks.filter(({ left, right }) => at >= left && at <= right));
    return spans.map(
      (span): ChosenEdit => ({
        selection: session.chosen(span),
        edit: { do: "clear", attribute: attribute.id },
      }),
    );
  });
}

export function setOrClear(attribute: Attribute, value: string | null, newOption = false): Edit {
  return value === null
    ? { do: "clear", attribute: attribute.id }
    : { do: "set", attribute: attribute.id, value, newOption };
}

/** The source's values into the target as one step; a source of several rows repeats, as in a spreadsheet. */
export async function fillBlock(
  connection: ConnectionId,
  session: Rows,
  columns: readonly Attribute[],
  source: Block,
  target: Block,
): Promise<void> {
  const { tell } = usePeople.getState();
  const rows = blockRows(target);
  if (rows > MOST_PASTED && !isOneValueEach(source, target)) {
    tell({
      tone: "bad",
      text: `${number(rows)} rows are more than are filled at once (${number(MOST_PASTED)}), so nothing was staged. Fill down from one row, or select the people and edit them together.`,
      more: [],
    });
    return;
  }
  try {
    const edits = await fillEdits(session, columns, source, target);
    if (edits.length > 0) tell(refusalNotice(await host.stageAll(connection, edits, false)));
  } catch (thrown) {
    tell(failureNotice(thrown));
  }
}

/** From one row up or down: a value for each column, however many rows it goes to. */
function isOneValueEach(source: Block, target: Block): boolean {
  return blockRows(source) === 1 && source.left === target.left;
}

export async function fillEdits(
  session: Rows,
  columns: readonly Attribute[],
  source: Block,
  target: Block,
): Promise<ChosenEdit[]> {
  const given = columns.slice(source.left, source.right + 1);
  const taking = columns.slice(target.left, target.right + 1);
  const each = isOneValueEach(source, target);
  // Both at once, so that both are of the same list.
  const selection = session.chosen(spanOf(target));
  const [from, rows] = await Promise.all([
    session.rows(spanOf(source)),
    each ? [] : session.rows(spanOf(target)),
  ]);
  const edit = (row: PersonRow | undefined, across: number): Edit | null => {
    const attribute = taking[across];
    const origin = given[across % given.length];
    if (!row || !origin || !attribute?.writable) return null;
    const cell = row.raw[origin.id];
    // A segment that waits to be made here was agreed to; in another attribute it would be another one.
    return setOrClear(attribute, heldValue(cell), origin === attribute && cell?.staged !== undefined);
  };
  if (each) {
    return taking.flatMap((_, across): ChosenEdit[] => {
      const one = edit(from[0], across);
      return one ? [{ selection, edit: one }] : [];
    });
  }
  const people = new Map<string, { edit: Edit; rows: RowId[] }>();
  for (const [down, row] of rows.entries()) {
    for (const across of taking.keys()) {
      const one = edit(from[down % from.length], across);
      if (!one) continue;
      const key = JSON.stringify(one);
      const same = people.get(key);
      if (same) same.rows.push(row.id);
      else people.set(key, { edit: one, rows: [row.id] });
    }
  }
  return [...people.values()].map(({ edit, rows }) => ({ selection: { of: "rows", rows }, edit }));
}
