/** From what the engine says of a row to what the table paints. */

import { statusWord } from "../components";
import { date } from "../format";
import type { CellView, GridRow, Tone } from "../grid/types";
import type { Attribute, Cell, Kind, Row, StagedAct, Status } from "../host";
import { NAME } from "./layout";

/** A painted row with what it was made from. */
export interface PersonRow extends GridRow {
  /** By attribute id. */
  raw: Readonly<Record<number, Cell>>;
}

const DOTS: Record<Status, Tone> = { active: "good", inactive: "idle", left: "gone", not_started: "soon" };

const STATUS_AFTER: Record<StagedAct, string> = {
  create: "To create",
  activate: statusWord("active"),
  deactivate: statusWord("inactive"),
  delete: "To delete",
};

/** A canonical value as people read it. */
export function readable(kind: Kind, value: string | null, shown?: string | null): string {
  if (shown !== undefined && shown !== null) return shown;
  if (value === null) return "";
  if (kind === "date") return date(value);
  if (kind === "boolean") return value === "true" ? "Yes" : value === "false" ? "No" : value;
  return value;
}

/** The value that holds once the draft is sent. */
export function heldValue(cell: Cell | undefined): string | null {
  if (!cell) return null;
  return cell.staged ? cell.staged.value : cell.value;
}

export function cellView(attribute: Attribute, cell: Cell, row: Row): CellView {
  if (attribute.role === "status") return statusView(row, cell);
  const { kind } = attribute;
  const now = readable(kind, cell.value, cell.shown);
  const view: CellView = { text: now };
  if (cell.staged) {
    view.text = readable(kind, cell.staged.value, cell.staged.shown);
    view.old = now;
  }
  // A spreadsheet understands this form in every locale.
  if (kind === "date") view.copy = heldValue(cell) ?? "";
  if (cell.odd) view.odd = cell.odd;
  if (cell.hit) view.hit = cell.hit;
  return view;
}

function statusView(row: Row, cell: Cell): CellView {
  const word = statusWord(row.status);
  if (row.act) return { text: STATUS_AFTER[row.act], old: row.act === "create" ? "" : word };
  const view: CellView = { text: word, dot: DOTS[row.status] };
  if (cell.hit) view.hit = cell.hit;
  return view;
}

export function personRow(row: Row, columns: readonly Attribute[]): PersonRow {
  const cells: Record<number, CellView> = {};
  const raw: Record<number, Cell> = {};
  columns.forEach((attribute, at) => {
    const cell = row.cells[at] ?? { value: null };
    raw[attribute.id] = cell;
    cells[attribute.id] = cellView(attribute, cell, row);
  });
  const name = cells[NAME];
  if (row.matched && name) {
    const { label, kind, text } = row.matched;
    name.aside = `${label}: ${readable(kind, text)}`;
  }
  const tone = row.act === "delete" ? "removed" : row.act === "create" ? "added" : undefined;
  return {
    id: row.id,
    label: row.name,
    cells,
    raw,
    tone,
  };
}
