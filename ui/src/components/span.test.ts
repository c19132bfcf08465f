import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { offsetsOf, spanAt } from "./span";

describe("what of a long list is in sight", () => {
  it("is every row that touches the stretch, and at most that", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 200 }),
        fc.integer({ min: -500, max: 20_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        (heights, top, height) => {
          const offsets = offsetsOf(heights.length, (index) => heights[index] ?? 0);
          const [from, to] = spanAt(offsets, top, top + height);
          for (let index = 0; index < heights.length; index += 1) {
            const begins = offsets[index] ?? 0;
            const ends = offsets[index + 1] ?? 0;
            const touches = ends > top && begins < top + height;
            expect(index >= from && index < to, `row ${index}`).toBe(touches);
          }
        },
      ),
    );
  });

  it("is nothing of an empty list", () => {
    expect(
      spanAt(
        offsetsOf(0, () => 30),
        0,
        800,
      ),
    ).toEqual([0, 0]);
  });
});
