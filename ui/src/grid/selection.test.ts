import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ALL_TICKS,
  blockBetween,
  blockColumns,
  blockRows,
  clipBlock,
  countRows,
  countTicks,
  isInBlock,
  isTicked,
  mergeRows,
  NO_TICKS,
  oneShape,
  pasteTarget,
  setTicks,
  type Ticks,
  tickState,
} from "./selection";

const cells = fc.record({ row: fc.nat(1_000_000), column: fc.nat(50) });

const ids = fc.uniqueArray(fc.nat(40), { maxLength: 20 });
const steps = fc.array(fc.tuple(ids, fc.boolean()), { maxLength: 8 });
const starts: fc.Arbitrary<Ticks> = fc.constantFrom(NO_TICKS, ALL_TICKS);

describe("a block of cells", () => {
  test("is the same from whichever corner it is drawn, and holds both corners", () => {
    fc.assert(
      fc.property(cells, cells, (a, b) => {
        const block = blockBetween(a, b);
        expect(blockBetween(b, a)).toEqual(block);
        expect(isInBlock(block, a.row, a.column)).toBe(true);
        expect(isInBlock(block, b.row, b.column)).toBe(true);
        expect(blockRows(block)).toBe(Math.abs(a.row - b.row) + 1);
        expect(blockColumns(block)).toBe(Math.abs(a.column - b.column) + 1);
      }),
    );
  });

  test("never reaches out of a table that became smaller", () => {
    fc.assert(
      fc.property(cells, cells, fc.nat(1000), fc.nat(20), (a, b, rows, columns) => {
        const block = clipBlock(blockBetween(a, b), { rows, columns, page: 1 });
        if (block === null) return;
        expect(block.bottom).toBeLessThan(rows);
        expect(block.right).toBeLessThan(columns);
        expect(block.top).toBeLessThanOrEqual(block.bottom);
        expect(block.left).toBeLessThanOrEqual(block.right);
      }),
    );
  });

  test("a paste starts at the upper left and fills the choice only when it fits a whole number of times", () => {
    fc.assert(
      fc.property(
        cells,
        cells,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (a, b, rows, columns) => {
          const chosen = blockBetween(a, b);
          const target = pasteTarget(chosen, rows, columns);
          expect(target.block.top).toBe(chosen.top);
          expect(target.block.left).toBe(chosen.left);
          expect(blockRows(target.block)).toBe(rows * target.repeatRows);
          expect(blockColumns(target.block)).toBe(columns * target.repeatColumns);
          if (target.repeatRows > 1) expect(target.block.bottom).toBe(chosen.bottom);
          if (target.repeatColumns > 1) expect(target.block.right).toBe(chosen.right);
        },
      ),
    );
  });

  test("one value pasted on a chosen block fills it", () => {
    const target = pasteTarget({ top: 2, left: 1, bottom: 9, right: 3 }, 1, 1);
    expect(target.block).toEqual({ top: 2, left: 1, bottom: 9, right: 3 });
  });
});

describe("ticks", () => {
  test("some and all-but say the same of every row as a plain list of ticked rows", () => {
    fc.assert(
      fc.property(starts, steps, (start, changes) => {
        const total = 41;
        const plain = new Set<number>(start.of === "all" ? Array.from({ length: total }, (_, id) => id) : []);
        let ticks = start;
        for (const [rows, on] of changes) {
          ticks = setTicks(ticks, rows, on);
          for (const id of rows) {
            if (on) plain.add(id);
            else plain.delete(id);
          }
        }
        for (let id = 0; id < total; id += 1) expect(isTicked(ticks, id)).toBe(plain.has(id));
        expect(countTicks(ticks, total)).toBe(plain.size);
      }),
    );
  });

  test("ticking never changes the ticks it was made from", () => {
    const before = setTicks(NO_TICKS, [1, 2], true);
    setTicks(before, [2], false);
    expect(isTicked(before, 2)).toBe(true);
  });

  test("the header's box is full only when everyone is ticked by all", () => {
    expect(tickState(NO_TICKS, 10)).toBe("none");
    expect(tickState(ALL_TICKS, 10)).toBe("all");
    expect(tickState(ALL_TICKS, 0)).toBe("none");
    expect(tickState(setTicks(ALL_TICKS, [3], false), 10)).toBe("some");
    expect(tickState(setTicks(NO_TICKS, [3], true), 10)).toBe("some");
  });
});

describe("separate blocks", () => {
  const blocks = fc.array(
    fc
      .tuple(fc.nat(40), fc.nat(5), fc.nat(40), fc.nat(5))
      .map(([a, b, c, d]) => blockBetween({ row: a, column: b }, { row: c, column: d })),
    { minLength: 1, maxLength: 5 },
  );

  test("have each of their rows once, from the top, however they overlap", () => {
    fc.assert(
      fc.property(blocks, (some) => {
        const spans = mergeRows(some);
        const rows = spans.flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, at) => first + at),
        );
        const wanted = new Set<number>();
        for (const { top, bottom } of some) for (let row = top; row <= bottom; row += 1) wanted.add(row);
        expect(rows).toEqual([...wanted].sort((a, b) => a - b));
        expect(countRows(spans)).toBe(wanted.size);
      }),
    );
  });

  test("make one table when they share their columns or their rows, and else none", () => {
    const block = (top: number, left: number, bottom: number, right: number) => ({
      top,
      left,
      bottom,
      right,
    });
    expect(oneShape([block(5, 1, 6, 2), block(0, 1, 1, 2)])).toEqual({
      spans: [
        { first: 0, last: 1 },
        { first: 5, last: 6 },
      ],
      columns: [1, 2],
    });
    expect(oneShape([block(0, 4, 1, 4), block(0, 1, 1, 2)])).toEqual({
      spans: [{ first: 0, last: 1 }],
      columns: [1, 2, 4],
    });
    expect(oneShape([block(0, 0, 0, 0), block(1, 1, 1, 1)])).toBeNull();
  });
});
