import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clampTop,
  type Extent,
  fullHeight,
  isCapped,
  lastTop,
  longestSpacer,
  reveal,
  rowsAt,
  rowsInView,
  rowUnder,
  scrollOfTop,
  spacerHeight,
  topOfScroll,
  wheelPixels,
} from "./scroller";

const BROWSERS_STOP_AT = 33_554_428;

const scales = fc.constantFrom(1, 1.25, 1.5, 1.75, 2, 2.5, 3);

const extents = fc
  .record({
    rows: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 10_000_000 })),
    rowHeight: fc.constantFrom(26, 32, 52, 64),
    view: fc.integer({ min: 64, max: 2160 }),
    tail: fc.constantFrom(0, 60),
    scale: scales,
  })
  .map(({ scale, ...rest }) => ({ scale, extent: { ...rest, cap: longestSpacer(scale) } as Extent }));

const withRow = extents.chain(({ scale, extent }) =>
  fc.record({
    scale: fc.constant(scale),
    extent: fc.constant({ ...extent, rows: Math.max(1, extent.rows) }),
    row: fc.integer({ min: 0, max: Math.max(0, extent.rows - 1) }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);

/** What a browser makes of a scroll position: a whole number of device pixels. */
const asDevicePixels = (scroll: number, scale: number) => Math.round(scroll * scale) / scale;

const showsWhole = (extent: Extent, top: number, row: number) =>
  row * extent.rowHeight >= top - 1e-6 && (row + 1) * extent.rowHeight <= top + extent.view + 1e-6;

describe("the capped scroller", () => {
  test("no spacer is longer than a browser can lay out", () => {
    fc.assert(
      fc.property(extents, ({ scale, extent }) => {
        expect(spacerHeight(extent) * scale).toBeLessThan(BROWSERS_STOP_AT);
      }),
    );
  });

  test("the page's own zoom, which the display scale does not show, is told by what is laid out", () => {
    const extent = { rows: 1_000_000, rowHeight: 32, view: 350, tail: 0 };
    const zoomed = { ...extent, cap: longestSpacer(1, BROWSERS_STOP_AT / 2) };
    expect(isCapped(zoomed)).toBe(true);
    // Twice as many device pixels as CSS pixels.
    expect(spacerHeight(zoomed) * 2).toBeLessThan(BROWSERS_STOP_AT);
    expect(topOfScroll(zoomed, spacerHeight(zoomed) - zoomed.view, 0)).toBe(lastTop(zoomed));
  });

  test("a million rows fit without a cap at scale 1 and are capped at scale 2", () => {
    const extent = { rows: 1_000_000, rowHeight: 32, view: 700, tail: 0 };
    expect(isCapped({ ...extent, cap: longestSpacer(1) })).toBe(false);
    expect(isCapped({ ...extent, cap: longestSpacer(2) })).toBe(true);
  });

  test("every row is reached by the keys: revealing a row shows it whole", () => {
    fc.assert(
      fc.property(withRow, ({ extent, row, share }) => {
        const top = reveal(extent, share * lastTop(extent), row);
        expect(showsWhole(extent, top, row)).toBe(true);
        expect(clampTop(extent, top)).toBe(top);
      }),
    );
  });

  test("every row is reached by dragging: some position of the scrollbar shows it whole", () => {
    fc.assert(
      fc.property(withRow, ({ scale, extent, row }) => {
        const wanted = reveal({ ...extent }, row * extent.rowHeight, row);
        const scroll = asDevicePixels(scrollOfTop(extent, wanted), scale);
        // Dragging comes from elsewhere: from the other end of the table.
        const elsewhere = wanted > lastTop(extent) / 2 ? 0 : lastTop(extent);
        const top = topOfScroll(extent, scroll, elsewhere);
        const touches =
          (row + 1) * extent.rowHeight > top - 1e-6 && row * extent.rowHeight < top + extent.view + 1e-6;
        expect(touches).toBe(true);
      }),
    );
  });

  test("every row is reached by the wheel: steps add up, whatever the scrollbar rounds", () => {
    fc.assert(
      fc.property(withRow, fc.integer({ min: 1, max: 300 }), ({ scale, extent, share }, step) => {
        const from = clampTop(extent, share * lastTop(extent));
        let top = from;
        for (let turn = 0; turn < 20; turn += 1) {
          top = clampTop(extent, top + step);
          const echo = asDevicePixels(scrollOfTop(extent, top), scale);
          if (isCapped(extent)) top = topOfScroll(extent, echo, top);
        }
        expect(top).toBeCloseTo(clampTop(extent, from + 20 * step), 3);
      }),
    );
  });

  test("the scrollbar's ends are the table's ends", () => {
    fc.assert(
      fc.property(extents, ({ extent }) => {
        expect(scrollOfTop(extent, 0)).toBe(0);
        expect(topOfScroll(extent, 0, lastTop(extent))).toBe(0);
        const end = Math.max(0, spacerHeight(extent) - extent.view);
        expect(scrollOfTop(extent, lastTop(extent))).toBeCloseTo(end, 6);
        expect(topOfScroll(extent, end, 0)).toBeCloseTo(lastTop(extent), 3);
      }),
    );
  });

  test("a scrollbar further down never stands for rows further up", () => {
    fc.assert(
      fc.property(
        extents,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ extent }, a, b) => {
          const end = Math.max(0, spacerHeight(extent) - extent.view);
          const [low, high] = a < b ? [a, b] : [b, a];
          expect(topOfScroll(extent, low * end, 0)).toBeLessThanOrEqual(
            topOfScroll(extent, high * end, 0) + fullHeight(extent) / Math.max(1, end),
          );
        },
      ),
    );
  });

  test("the rows painted cover the view and nothing outside the table", () => {
    fc.assert(
      fc.property(withRow, fc.integer({ min: 0, max: 10 }), ({ extent, share }, spare) => {
        const top = share * lastTop(extent);
        const { first, end } = rowsAt(extent, top, spare);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(extent.rows);
        expect(first * extent.rowHeight).toBeLessThanOrEqual(top + 1e-6);
        expect(end * extent.rowHeight).toBeGreaterThanOrEqual(
          Math.min(extent.rows * extent.rowHeight, top + extent.view) - 1e-6,
        );
        // However many rows there are, only a screenful is painted.
        expect(end - first).toBeLessThanOrEqual(extent.view / extent.rowHeight + 2 + 2 * spare);
      }),
    );
  });

  test("the row under the pointer is one that is in view", () => {
    fc.assert(
      fc.property(withRow, fc.double({ min: 0, max: 0.999, noNaN: true }), ({ extent, share }, y) => {
        const top = share * lastTop(extent);
        const row = rowUnder(extent, top, y * extent.view);
        const { first, end } = rowsAt(extent, top, 1);
        expect(row).toBeGreaterThanOrEqual(first);
        expect(row).toBeLessThan(end);
      }),
    );
  });

  test("a wheel that counts lines moves rows, one that counts pages moves pages", () => {
    const extent = { rows: 100, rowHeight: 32, view: 320, tail: 0, cap: longestSpacer(1) };
    expect(wheelPixels(extent, 3, 0)).toBe(3);
    expect(wheelPixels(extent, 3, 1)).toBe(96);
    expect(wheelPixels(extent, 1, 2)).toBe(rowsInView(extent) * 32);
  });
});
