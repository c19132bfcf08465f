import { describe, expect, test } from "vitest";
import { fillCell } from "../grid/cells";
import type { GridColumn } from "../grid/types";
import type { Attribute, Cell, Kind, Row } from "../host";
import { cellView, personRow } from "./values";

const attribute = (id: number, label: string, kind: Kind): Attribute => ({
  id,
  key: label,
  label,
  kind,
  role: id === 0 ? "name" : null,
  writable: id > 0,
  required: false,
  filled: 1,
  distinct: 1,
});
const row = (cells: Cell[], more: Partial<Row> = {}): Row => ({
  id: 1,
  name: "Ruiz, Ana",
  status: "active",
  cells,
  act: null,
  protected: false,
  ...more,
});

function painted(kind: Kind, cell: Cell): { marked: string[]; old: string | null } {
  const element = document.createElement("div");
  const column = { heading: false } as GridColumn;
  fillCell(element, cellView(attribute(3, "Value", kind), cell, row([cell])), column);
  return {
    marked: [...element.querySelectorAll("mark")].map((mark) => mark.textContent ?? ""),
    old: element.querySelector("s")?.textContent ?? null,
  };
}

describe("where the search matched", () => {
  test("a date, which is written in another way than it is kept, is marked whole", () => {
    const [marked] = painted("date", { value: "2019-04-05", hit: [0, 0xffff_ffff] }).marked;
    expect(marked).toBe(cellView(attribute(3, "Value", "date"), { value: "2019-04-05" }, row([])).text);
  });

  test("a hit in the value there was is marked in that, not in the one that waits", () => {
    const cell: Cell = { value: "Sales", staged: { value: "Marketing" }, hit: [0, 5] };
    expect(painted("option", cell)).toEqual({ marked: ["Sales"], old: "Sales" });
  });

  test("a value that no cell shows stands beside the name", () => {
    const shown = personRow(
      row([{ value: "Ruiz, Ana" }], { matched: { label: "Works", kind: "boolean", text: "true" } }),
      [attribute(0, "Name", "text")],
    );
    expect(shown.cells[0]?.aside).toBe("Works: Yes");
  });
});
