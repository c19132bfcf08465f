import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beyond, bins, brakeAt, ceiling, cut, furthest, moved } from "./threshold";

const day = fc.record({
  days: fc.integer({ min: 0, max: 3000 }),
  people: fc.integer({ min: 1, max: 500 }),
});
const histograms = fc
  .uniqueArray(day, { selector: (one) => one.days, maxLength: 300 })
  .map((all) => all.sort((a, b) => a.days - b.days).map((one) => ({ ...one, seats: one.people })));

const total = (bars: readonly { people: number }[]) => bars.reduce((sum, bar) => sum + bar.people, 0);

describe("the threshold", () => {
  it("counts those seen exactly that many days ago as beyond it", () => {
    const seen = [
      { days: 179, people: 5, seats: 5 },
      { days: 180, people: 3, seats: 2 },
      { days: 400, people: 1, seats: 1 },
    ];
    expect(beyond(seen, 180), "180 days without a sign is dormant after 180").toEqual({
      people: 4,
      seats: 3,
    });
    expect(beyond(seen, 181)).toEqual({ people: 1, seats: 1 });
  });

  it("never finds more people as it moves to the right", () => {
    fc.assert(
      fc.property(histograms, fc.integer({ min: 0, max: 3000 }), fc.nat(500), (all, days, more) => {
        expect(beyond(all, days + more).people).toBeLessThanOrEqual(beyond(all, days).people);
      }),
    );
  });

  it("stands at a brake where just no more people are beyond than the brake allows", () => {
    fc.assert(
      fc.property(histograms, fc.integer({ min: 1, max: 5000 }), (all, people) => {
        const at = brakeAt(all, people);
        if (at === null) {
          expect(total(all), "no line only where the brake can't be reached").toBeLessThanOrEqual(people);
        } else {
          expect(beyond(all, at).people).toBeLessThanOrEqual(people);
          expect(beyond(all, at - 1).people, "one day to the left the brake stops").toBeGreaterThan(people);
        }
      }),
    );
  });

  it("moves by its keys and stays in its reach", () => {
    expect(moved("ArrowRight", false, 180, 1, 460)).toBe(181);
    expect(moved("ArrowLeft", true, 180, 1, 460), "Shift makes ten of one").toBe(170);
    expect(moved("PageUp", false, 180, 1, 460)).toBe(190);
    expect(moved("PageDown", false, 5, 1, 460), "no less than a day").toBe(1);
    expect(moved("Home", false, 180, 1, 460)).toBe(1);
    expect(moved("End", false, 180, 1, 460)).toBe(460);
    expect(moved("a", false, 180, 1, 460), "other keys are not its own").toBeNull();
  });
});

describe("the bars", () => {
  it("lose nobody, however they are cut", () => {
    fc.assert(
      fc.property(histograms, fc.integer({ min: 1, max: 3000 }), (all, days) => {
        const end = furthest(all, 180);
        const bars = bins(all, end);
        expect(total(bars), "everybody stands in a bar").toBe(total(all));
        expect(bars.length, "few enough to be told apart").toBeLessThanOrEqual(50);
        for (const piece of cut(bars, days)) {
          expect(piece.from >= days, "each piece lies on one side of the threshold").toBe(piece.dormant);
          expect(piece.to, "no piece is empty").toBeGreaterThan(piece.from);
        }
      }),
    );
  });

  it("of those seen long ago are to be seen beside thousands seen last week", () => {
    const bars = bins(
      [
        { days: 1, people: 4000, seats: 4000 },
        { days: 200, people: 12, seats: 12 },
      ],
      400,
    );
    expect(12 / ceiling(bars, 180), "a tenth of the height at least").toBeGreaterThanOrEqual(0.1);
  });
});
