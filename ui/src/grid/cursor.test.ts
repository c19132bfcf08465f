import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clampCell, type Move, moveCell, tabCell } from "./cursor";

const moves: Move[] = [
  "up",
  "down",
  "left",
  "right",
  "pageUp",
  "pageDown",
  "rowStart",
  "rowEnd",
  "columnStart",
  "columnEnd",
  "start",
  "end",
];

const placed = fc
  .record({
    rows: fc.integer({ min: 1, max: 10_000_000 }),
    columns: fc.integer({ min: 1, max: 60 }),
    page: fc.integer({ min: 1, max: 60 }),
  })
  .chain((bounds) =>
    fc.record({
      bounds: fc.constant(bounds),
      cell: fc.record({
        row: fc.integer({ min: 0, max: bounds.rows - 1 }),
        column: fc.integer({ min: 0, max: bounds.columns - 1 }),
      }),
    }),
  );

describe("the cell cursor", () => {
  test("never leaves the table", () => {
    fc.assert(
      fc.property(
        placed,
        fc.array(fc.constantFrom(...moves), { maxLength: 40 }),
        ({ bounds, cell }, path) => {
          let at = cell;
          for (const move of path) at = moveCell(at, move, bounds);
          expect(clampCell(at, bounds)).toEqual(at);
        },
      ),
    );
  });

  test("comes back by the opposite arrow unless it stood at the edge", () => {
    fc.assert(
      fc.property(placed, ({ bounds, cell }) => {
        const pairs: [Move, Move][] = [
          ["up", "down"],
          ["left", "right"],
        ];
        for (const [there, back] of pairs) {
          const moved = moveCell(cell, there, bounds);
          if (moved.row !== cell.row || moved.column !== cell.column) {
            expect(moveCell(moved, back, bounds)).toEqual(cell);
          }
        }
      }),
    );
  });

  test("a page always advances, and keeps a row in view as a landmark when more than one fits", () => {
    fc.assert(
      fc.property(placed, ({ bounds, cell }) => {
        const next = moveCell(cell, "pageDown", bounds);
        if (cell.row < bounds.rows - 1) expect(next.row).toBeGreaterThan(cell.row);
        expect(next.row - cell.row).toBeLessThanOrEqual(Math.max(1, bounds.page - 1));
        expect(next.column).toBe(cell.column);
      }),
    );
  });

  test("Home and End keep the row, Ctrl with up and down keeps the column", () => {
    fc.assert(
      fc.property(placed, ({ bounds, cell }) => {
        expect(moveCell(cell, "rowStart", bounds)).toEqual({ row: cell.row, column: 0 });
        expect(moveCell(cell, "rowEnd", bounds)).toEqual({ row: cell.row, column: bounds.columns - 1 });
        expect(moveCell(cell, "columnEnd", bounds)).toEqual({ row: bounds.rows - 1, column: cell.column });
        expect(moveCell(cell, "columnStart", bounds)).toEqual({ row: 0, column: cell.column });
      }),
    );
  });

  test("Tab visits every cell of a row once and then leaves the table", () => {
    fc.assert(
      fc.property(placed, ({ bounds, cell }) => {
        const visited: number[] = [];
        let at: { row: number; column: number } | null = { row: cell.row, column: 0 };
        while (at) {
          expect(at.row).toBe(cell.row);
          visited.push(at.column);
          at = tabCell(at, false, bounds);
        }
        expect(visited).toEqual(Array.from({ length: bounds.columns }, (_, column) => column));
        expect(tabCell({ row: cell.row, column: 0 }, true, bounds)).toBeNull();
      }),
    );
  });

  test("an empty table keeps the cursor at its corner", () => {
    const none = { rows: 0, columns: 0, page: 1 };
    for (const move of moves)
      expect(moveCell({ row: 0, column: 0 }, move, none)).toEqual({ row: 0, column: 0 });
  });
});
