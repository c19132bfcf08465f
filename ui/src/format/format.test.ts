import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ago, counted, date, day, duration, number, people, percent, rate } from ".";

describe("numbers", () => {
  it("have separators and agree with what they count", () => {
    expect(number(4812)).toBe((4812).toLocaleString());
    expect(people(1)).toBe("1 person");
    expect(people(0)).toBe("0 people");
    expect(counted(2, "change")).toBe("2 changes");
  });

  it("never make a few people look like none", () => {
    expect(percent(0.02)).toBe("under 0.1%");
    expect(percent(4.28)).toBe("4.3%");
    expect(percent(12.4)).toBe("12%");
    expect(percent(0)).toBe("0%");
  });

  it("keep a digit of a slow rate", () => {
    expect(rate(0.4)).toBe("0.4 a second");
    expect(rate(1150.4)).toBe(`${number(1150)} a second`);
  });
});

describe("durations", () => {
  it.each([
    [0.2, "under a second"],
    [9, "9 s"],
    [69, "1 min 9 s"],
    [120, "2 min"],
    [754, "12 min"],
    [3600, "1 h"],
    [3599.7, "1 h"],
    [7500, "2 h 5 min"],
    [259200, "3 days"],
    [Number.POSITIVE_INFINITY, "unknown"],
  ])("%d seconds are %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  it("never say 60 of a smaller unit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 400_000, noNaN: true }), (seconds) => {
        expect(duration(seconds)).not.toMatch(/\b60 (s|min)\b/);
      }),
    );
  });
});

describe("dates", () => {
  it("leave alone what is no date", () => {
    expect(date("soon")).toBe("soon");
    expect(date("2024-02-30"), "no such day").toBe("2024-02-30");
  });

  it("are the day written, in whatever time zone", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1950, max: 2090 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 28 }),
        (y, m, d) => {
          const written = date(`${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`);
          expect(written).toContain(String(y));
          expect(written).toMatch(new RegExp(`\\b${d}\\b`));
        },
      ),
    );
  });

  it("are relative under a day and a date beyond", () => {
    const now = new Date("2026-11-23T12:00:00Z");
    expect(ago("2026-11-23T11:59:40Z", now)).toBe("just now");
    expect(ago("2026-11-23T11:58:00Z", now)).toBe("2 min ago");
    expect(ago("2026-11-23T09:00:00Z", now)).toBe("3 h ago");
    expect(ago("2026-11-20T09:00:00Z", now)).toBe(day("2026-11-20T09:00:00Z", now));
    expect(ago("nonsense", now)).toBe("nonsense");
  });
});
