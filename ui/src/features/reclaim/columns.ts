/** The columns of the list of dormant people. */

import { gridColumns, knownColumns, NAME } from "../../directory/layout";
import type { GridColumn } from "../../grid/types";
import type { Attribute, ColumnLayout, Directory, Role, Sort } from "../../host";

const FIRST: Role[] = ["department", "location", "days_seen", "evidence"];

/** Name, where they work, how long they have not been seen and what says so. */
export function firstColumns(directory: Directory): ColumnLayout[] {
  const ids = FIRST.flatMap((role) => {
    const found = directory.attributes.find((one) => one.role === role);
    return found ? [found.id] : [];
  });
  return [NAME, ...ids].map((attribute) => ({ attribute, width: 0, pinned: attribute === NAME }));
}

const WIDTHS: Partial<Record<Role, { natural: number; least: number }>> = {
  days_seen: { natural: 84, least: 76 },
  evidence: { natural: 430, least: 300 },
};

/** Nothing is edited here: that is what People is for. */
export function reclaimColumns(
  columns: readonly ColumnLayout[],
  attributes: readonly Attribute[],
  sort: readonly Sort[],
): GridColumn[] {
  return gridColumns(knownColumns(columns, attributes), attributes, sort).map((column) => {
    const role = attributes.find((one) => one.id === column.id)?.role;
    return {
      ...column,
      ...(role ? WIDTHS[role] : undefined),
      title: role === "days_seen" ? "Days" : column.title,
      editable: false,
      quiet: column.quiet || role === "evidence",
    };
  });
}

/** The longest unseen first. */
export function firstSort(attributes: readonly Attribute[]): Sort[] {
  const days = attributes.find((one) => one.role === "days_seen");
  return days ? [{ attribute: days.id, descending: true }] : [];
}
