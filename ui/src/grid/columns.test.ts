import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clampWidth,
  columnsInView,
  columnUnder,
  layoutColumns,
  moveColumn,
  orderColumns,
  revealColumn,
  TICK_WIDTH,
} from "./columns";
import type { GridColumn } from "./types";

const column = fc.record({
  width: fc.oneof(fc.constant(0), fc.integer({ min: 56, max: 640 })),
  natural: fc.integer({ min: 80, max: 260 }),
  pinned: fc.boolean(),
});
const tables = fc.array(column, { minLength: 1, maxLength: 40 }).map((columns) =>
  orderColumns(
    columns.map(
      (one, id): GridColumn => ({
        ...one,
        least: Math.floor(one.natural * 0.7),
        id,
        title: `Column ${id}`,
        editable: true,
      }),
    ),
  ),
);

describe("column layout", () => {
  test("columns stand edge to edge after the boxes, whatever room there is", () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 300, max: 4000 }), (columns, room) => {
        const layout = layoutColumns(columns, room);
        let left = TICK_WIDTH;
        for (const place of layout.places) {
          expect(place.left).toBe(left);
          left += place.width;
        }
        expect(layout.width).toBe(left);
      }),
    );
  });

  test("a width somebody chose is never changed", () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 300, max: 4000 }), (columns, room) => {
        const layout = layoutColumns(columns, room);
        columns.forEach((one, index) => {
          if (one.width > 0) expect(layout.places[index]?.width).toBe(one.width);
        });
      }),
    );
  });

  test("columns shrink a little rather than scroll, and grow a little rather than leave white", () => {
    const columns: GridColumn[] = [1, 2, 3, 4].map((id) => ({
      id,
      title: "",
      width: 0,
      natural: 200,
      least: 150,
      pinned: false,
      editable: true,
    }));
    expect(layoutColumns(columns, 700).width).toBeLessThanOrEqual(700);
    expect(layoutColumns(columns, 700).width).toBeGreaterThan(690);
    expect(layoutColumns(columns, 300).places[0]?.width).toBe(200);
    expect(layoutColumns(columns, 1000).width).toBeGreaterThan(990);
    expect(layoutColumns(columns, 4000).places[0]?.width).toBe(400);
  });

  test("a revealed column is whole in view and is painted", () => {
    fc.assert(
      fc.property(
        tables,
        fc.integer({ min: 1000, max: 3000 }),
        fc.nat(),
        fc.nat(4000),
        (columns, view, pick, start) => {
          const layout = layoutColumns(columns, view);
          const index = pick % columns.length;
          const place = layout.places[index];
          if (!place || layout.pinnedWidth + place.width > view) return;
          const scroll = revealColumn(layout, start, view, index);
          if (index >= layout.pinned) {
            expect(place.left).toBeGreaterThanOrEqual(scroll + layout.pinnedWidth);
            expect(place.left + place.width).toBeLessThanOrEqual(scroll + view);
            const { first, end } = columnsInView(layout, scroll, view);
            expect(index).toBeGreaterThanOrEqual(first);
            expect(index).toBeLessThan(end);
          }
        },
      ),
    );
  });

  test("the column under the pointer is the one painted there", () => {
    fc.assert(
      fc.property(tables, fc.nat(), (columns, pick) => {
        const layout = layoutColumns(columns, 1200);
        const index = pick % columns.length;
        const place = layout.places[index];
        if (place) expect(columnUnder(layout, 0, place.left + 1)).toBe(index);
      }),
    );
  });

  test("moving a column loses none, and pinned ones stay first", () => {
    fc.assert(
      fc.property(tables, fc.nat(), fc.nat(), (columns, a, b) => {
        const moved = moveColumn(columns, a % columns.length, b % (columns.length + 1));
        expect(moved.map((one) => one.id).sort()).toEqual(columns.map((one) => one.id).sort());
        expect(orderColumns(moved)).toEqual(moved);
      }),
    );
  });

  test("a column can't be dragged out of sight or across the screen", () => {
    expect(clampWidth(3)).toBe(56);
    expect(clampWidth(5000)).toBe(640);
  });
});
