import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Attribute } from "../host";
import { knownColumns, nextSort } from "./layout";

const attribute = (id: number): Attribute => ({
  id,
  key: `k${id}`,
  label: `Attribute ${id}`,
  kind: "text",
  role: id === 0 ? "name" : null,
  writable: id !== 0,
  required: false,
  filled: 1,
  distinct: 1,
});

describe("sorting by headings", () => {
  test("a click sorts, a second turns it round, a third goes back to by name", () => {
    const once = nextSort([], 3, false);
    expect(once).toEqual([{ attribute: 3, descending: false }]);
    const twice = nextSort(once, 3, false);
    expect(twice).toEqual([{ attribute: 3, descending: true }]);
    expect(nextSort(twice, 3, false)).toEqual([]);
  });

  test("the name, which sorts without a rule, is turned round by the first click", () => {
    expect(nextSort([], 0, false)).toEqual([{ attribute: 0, descending: true }]);
  });

  test("Shift keeps the other rules in their order, and never has two for one column", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 12 }), (clicks) => {
        let sort = nextSort([], 1, false);
        for (const column of clicks) {
          const before = sort.filter((rule) => rule.attribute !== column).map((rule) => rule.attribute);
          sort = nextSort(sort, column, true);
          const after = sort.filter((rule) => rule.attribute !== column).map((rule) => rule.attribute);
          expect(after).toEqual(before);
          expect(new Set(sort.map((rule) => rule.attribute)).size).toBe(sort.length);
        }
      }),
    );
  });
});

describe("columns kept from another day", () => {
  test("lose attributes that are gone and never the name", () => {
    const kept = [
      { attribute: 9, width: 100, pinned: false },
      { attribute: 2, width: 120, pinned: false },
    ];
    const known = knownColumns(kept, [attribute(0), attribute(2)]);
    expect(known.map((column) => column.attribute)).toEqual([0, 2]);
    expect(known[1]?.width).toBe(120);
  });
});
