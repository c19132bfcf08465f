import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beside, beyond, bins, brakeAt, cut, furthest, height, moved } from "./threshold";

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

  it("stands at a brake where one more person would be braked", () => {
    fc.assert(
      fc.property(histograms, fc.integer({ min: 1, max: 5000 }), (all, people) => {
        const at = brakeAt(all, people);
        if (at === null) {
          expect(total(all), "no line only where the brake can't be reached").toBeLessThan(people);
        } else {
          expect(beyond(all, at).people, "at the line nothing brakes").toBeLessThan(people);
          expect(beyond(all, at - 1).people, "one day to the left it does").toBeGreaterThanOrEqual(people);
        }
      }),
    );
  });

  it("passes 50 people and stops 51, in a directory where 50 is the limit", () => {
    const seen = (people: number) => [{ days: 200, people, seats: people }];
    expect(brakeAt(seen(50), 51), "the smaller of 5% or 50 people may go").toBeNull();
    expect(brakeAt(seen(51), 51), "with one more, whoever was seen 200 days ago has to stay").toBe(201);
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
    expect(height(12, 4000), "a twentieth of the height at least").toBeGreaterThanOrEqual(0.05);
    expect(height(4000, 4000)).toBe(1);
    expect(height(0, 4000), "nobody is no bar").toBe(0);
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (few, more) => {
        const most = Math.max(few, more);
        expect(height(few, most) <= height(few + more, most + more), "more people, no lower bar").toBe(true);
      }),
    );
  });
});

describe("the words beside a brake", () => {
  const widthOf = (text: string) => text.length * 6;
  const place = (at: number, barred: number) => beside(at, ["51 people: brake", "51"], widthOf, barred, 700);

  it("stand right of its line, and left where the threshold or the end is in the way", () => {
    expect(place(100, 600)).toEqual({ text: "51 people: brake", left: false });
    expect(place(650, 100), "the end is near").toEqual({ text: "51 people: brake", left: true });
    expect(place(300, 340), "the threshold is").toEqual({ text: "51 people: brake", left: true });
  });

  it("are short where there is no room, and are none where there is none at all", () => {
    expect(place(30, 60), "neither side holds all of it").toEqual({ text: "51", left: false });
    expect(place(5, 8)).toBeNull();
  });
});
