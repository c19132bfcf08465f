import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { barsOf, nextDay } from "./days";

const day = fc
  .date({ min: new Date("2019-01-01"), max: new Date("2030-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const counts = fc.array(fc.record({ day, made: fc.nat(1000), seen: fc.nat(1000) }), { maxLength: 60 });

describe("the strip of days", () => {
  it("loses no event and shows no more bars than there is room for", () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 120 }), (days, most) => {
        const bars = barsOf(days, most);
        const sum = (key: "made" | "seen", list: readonly { made: number; seen: number }[]) =>
          list.reduce((total, one) => total + one[key], 0);
        expect(bars.length).toBeLessThanOrEqual(most);
        expect(sum("made", bars), "every made event is in one bar").toBe(sum("made", days));
        expect(sum("seen", bars), "every seen event is in one bar").toBe(sum("seen", days));
      }),
    );
  });

  it("leaves no gap between bars and ends with the newest day", () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 120 }), (days, most) => {
        const bars = barsOf(days, most);
        for (const [index, bar] of bars.entries()) {
          const next = bars[index + 1];
          if (next !== undefined) {
            expect(next.from, "time goes on without a gap").toBe(nextDay(bar.to));
          }
        }
        const newest = days
          .map((one) => one.day)
          .sort()
          .at(-1);
        expect(bars.at(-1)?.to).toBe(newest);
      }),
    );
  });

  it("shows a quiet day between two busy ones", () => {
    const bars = barsOf(
      [
        { day: "2026-02-28", made: 1, seen: 0 },
        { day: "2026-03-02", made: 0, seen: 2 },
      ],
      30,
    );
    expect(bars.map((bar) => bar.from)).toEqual(["2026-02-28", "2026-03-01", "2026-03-02"]);
  });
});
