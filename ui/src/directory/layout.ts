/** Which columns a directory begins with, and how wide they are. */

import { orderColumns } from "../grid/columns";
import type { GridColumn } from "../grid/types";
import type { Attribute, AttributeId, ColumnLayout, Directory, Sort } from "../host";

export const NAME: AttributeId = 0;

const WIDTH_BY_ROLE: Partial<Record<NonNullable<Attribute["role"]>, number>> = {
  name: 184,
  status: 110,
  email: 220,
  user_name: 220,
  title: 180,
  department: 146,
  manager: 140,
  location: 120,
  employee_number: 110,
};

const WIDTH_BY_KIND: Record<Attribute["kind"], number> = {
  text: 150,
  option: 140,
  date: 112,
  number: 90,
  boolean: 80,
  employee: 140,
};

export function naturalWidth(attribute: Attribute): number {
  const by = (attribute.role && WIDTH_BY_ROLE[attribute.role]) ?? WIDTH_BY_KIND[attribute.kind];
  // A long name is worth some room, not all of it.
  return Math.max(by, Math.min(200, attribute.label.length * 7 + 34));
}

/** Dates and states are read whole or not at all; longer words may be cut. */
export function leastWidth(attribute: Attribute): number {
  if (attribute.kind === "date") return 102;
  if (attribute.role === "status") return 96;
  return Math.floor(naturalWidth(attribute) * 0.74);
}

/** What the engine suggests, the name first and pinned. */
export function firstColumns(directory: Directory): ColumnLayout[] {
  const ids = [NAME, ...directory.columns.filter((id) => id !== NAME)];
  return ids.map((attribute) => ({ attribute, width: 0, pinned: attribute === NAME }));
}

/** Layouts kept from another day: attributes that went are dropped, the name always stays. */
export function knownColumns(
  kept: readonly ColumnLayout[],
  attributes: readonly Attribute[],
): ColumnLayout[] {
  const known = kept.filter((column) => attributes.some((attribute) => attribute.id === column.attribute));
  if (!known.some((column) => column.attribute === NAME))
    known.unshift({ attribute: NAME, width: 0, pinned: true });
  return orderColumns(known);
}

export function gridColumns(
  columns: readonly ColumnLayout[],
  attributes: readonly Attribute[],
  sort: readonly Sort[],
): GridColumn[] {
  return columns.flatMap((column) => {
    const attribute = attributes.find((one) => one.id === column.attribute);
    if (!attribute) return [];
    const rank = sort.findIndex((one) => one.attribute === attribute.id);
    const rule = sort[rank];
    const one: GridColumn = {
      id: attribute.id,
      title: attribute.label,
      width: column.width,
      natural: naturalWidth(attribute),
      least: leastWidth(attribute),
      pinned: column.pinned,
      editable: attribute.writable,
      heading: attribute.role === "name",
      numeric: attribute.kind === "number",
      quiet: attribute.kind === "employee" || attribute.kind === "date",
    };
    // Without a rule the engine sorts by name.
    if (rule) one.sort = { descending: rule.descending, rank: sort.length > 1 ? rank + 1 : 0 };
    else if (sort.length === 0 && attribute.role === "name") one.sort = { descending: false, rank: 0 };
    return [one];
  });
}

/** A click sorts by a column, a second one turns it round, a third goes back; Shift adds a rule. */
export function nextSort(sort: readonly Sort[], attribute: AttributeId, add: boolean): Sort[] {
  const now = sort.find((one) => one.attribute === attribute);
  const byName = sort.length === 0 && attribute === NAME;
  const next: Sort | null =
    now || byName
      ? now?.descending
        ? null
        : { attribute, descending: true }
      : { attribute, descending: false };
  if (!add) return next ? [next] : [];
  if (!now) return next ? [...sort, next] : [...sort];
  return sort.flatMap((one) => (one.attribute === attribute ? (next ? [next] : []) : [one]));
}
