import { describe, expect, test } from "vitest";
import type { PersonRow } from "../../directory/values";
import type { Attribute } from "../../host";
import { answered, answerKey, clearEdits, fillEdits, layBlock, NO_ANSWERS, type Rows } from "./blocks";

const attribute = (id: number, writable = true): Attribute => ({
  id,
  key: `k${id}`,
  label: ["Name", "Status", "Department", "Manager"][id] ?? `Attribute ${id}`,
  kind: "text",
  role: null,
  writable,
  required: false,
  filled: 1,
  distinct: 1,
});
const row = (id: number): PersonRow => ({
  id,
  label: `Person ${id}`,
  cells: {},
  raw: {},
});
const columns = [attribute(0, false), attribute(2), attribute(3)];

describe("a pasted block", () => {
  test("is laid against people and attributes from its upper left", () => {
    const laid = layBlock(
      [
        ["Sales", "Ana"],
        ["Legal", "Bo"],
      ],
      { top: 4, left: 1, bottom: 4, right: 1 },
      columns,
      [row(40), row(50)],
    );
    expect(laid.cells).toEqual([
      { row: 40, attribute: 2, text: "Sales" },
      { row: 40, attribute: 3, text: "Ana" },
      { row: 50, attribute: 2, text: "Legal" },
      { row: 50, attribute: 3, text: "Bo" },
    ]);
    expect(laid.people).toBe(2);
  });

  test("leaves a value alone where its cell is blank", () => {
    const laid = layBlock([["", "Ana"]], { top: 0, left: 1, bottom: 0, right: 1 }, columns, [row(1)]);
    expect(laid.cells).toEqual([{ row: 1, attribute: 3, text: "Ana" }]);
  });

  test("says what reaches past the last person, past the last column, and what can't be edited", () => {
    const laid = layBlock(
      [
        ["x", "Sales", "Ana", "more"],
        ["x", "Legal", "Bo", "more"],
      ],
      { top: 9, left: 0, bottom: 9, right: 0 },
      columns,
      [row(1)],
    );
    expect(laid.linesOver).toBe(1);
    expect(laid.columnsOver).toBe(1);
    expect(laid.fixed).toEqual(["Name"]);
    expect(laid.cells.map((cell) => cell.attribute)).toEqual([2, 3]);
  });

  test("of one value fills what is chosen", () => {
    const laid = layBlock([["Sales"]], { top: 0, left: 1, bottom: 2, right: 1 }, columns, [
      row(1),
      row(2),
      row(3),
    ]);
    expect(laid.cells.map((cell) => cell.text)).toEqual(["Sales", "Sales", "Sales"]);
  });
});

describe("what was said about a pasted value", () => {
  const cells = [
    { row: 40, attribute: 2, text: " Salse" },
    { row: 50, attribute: 2, text: "Salse " },
    { row: 50, attribute: 3, text: "Salse" },
    { row: 60, attribute: 3, text: "Chen" },
  ];

  test("holds wherever the value stands in that column, and in no other", () => {
    const laid = answered(cells, { ...NO_ANSWERS, created: new Set([answerKey(2, "Salse")]) });
    expect(laid.map((cell) => cell.newOption ?? false)).toEqual([true, true, false, false]);
  });

  test("takes the person who is meant, or the value in use, in place of the text", () => {
    const instead = new Map([
      [answerKey(2, "Salse"), "Sales"],
      [answerKey(3, "Chen"), "chen.li@example.com"],
    ]);
    const laid = answered(cells, { ...NO_ANSWERS, instead });
    expect(laid.map((cell) => cell.text)).toEqual(["Sales", "Sales", "Salse", "chen.li@example.com"]);
  });

  test("nothing said changes nothing", () => {
    expect(answered(cells, NO_ANSWERS)).toEqual(cells);
  });
});

describe("blocks as edits", () => {
  const people: PersonRow[] = [
    { ...row(40), raw: { 2: { value: "Sales" }, 3: { value: null } } },
    { ...row(50), raw: { 2: { value: null, staged: { value: "Moonshots" } }, 3: { value: "bo@a.example" } } },
    ...[60, 70, 80].map((id) => ({
      ...row(id),
      raw: { 2: { value: "Legal" }, 3: { value: "ana@a.example" } },
    })),
  ];
  const session: Rows = {
    rows: ({ first, last }) => Promise.resolve(people.slice(first, last + 1)),
    chosen: ({ first, last }) => ({ of: "range", view: 1, version: 4, start: first, end: last + 1 }),
  };

  test("clearing is one list, and no cell of overlapping blocks is in it twice", () => {
    const blocks = [
      { top: 0, left: 1, bottom: 2, right: 2 },
      { top: 2, left: 1, bottom: 3, right: 1 },
    ];
    expect(clearEdits(blocks, columns, columns.slice(1), session)).toEqual([
      { selection: session.chosen({ first: 0, last: 3 }), edit: { do: "clear", attribute: 2 } },
      { selection: session.chosen({ first: 0, last: 2 }), edit: { do: "clear", attribute: 3 } },
    ]);
  });

  test("a fill from two rows says the same as one from one row: empty clears, a new segment stays agreed to", async () => {
    const edits = await fillEdits(
      session,
      columns,
      { top: 0, left: 1, bottom: 1, right: 2 },
      { top: 2, left: 1, bottom: 4, right: 2 },
    );
    expect(edits).toEqual([
      {
        selection: { of: "rows", rows: [60, 80] },
        edit: { do: "set", attribute: 2, value: "Sales", newOption: false },
      },
      { selection: { of: "rows", rows: [60, 80] }, edit: { do: "clear", attribute: 3 } },
      {
        selection: { of: "rows", rows: [70] },
        edit: { do: "set", attribute: 2, value: "Moonshots", newOption: true },
      },
      {
        selection: { of: "rows", rows: [70] },
        edit: { do: "set", attribute: 3, value: "bo@a.example", newOption: false },
      },
    ]);
  });

  test("a fill from one row is told by where it goes, however many rows that is", async () => {
    const edits = await fillEdits(
      session,
      columns,
      { top: 0, left: 0, bottom: 0, right: 1 },
      { top: 1, left: 0, bottom: 900_000, right: 1 },
    );
    expect(edits, "the name can't be edited").toEqual([
      {
        selection: session.chosen({ first: 1, last: 900_000 }),
        edit: { do: "set", attribute: 2, value: "Sales", newOption: false },
      },
    ]);
  });
});
