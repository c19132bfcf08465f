import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { echoDate, localeOrder, readDate } from "./dates";
import { readNumber } from "./numbers";
import readings from "./readings.json?raw";

const YEAR = 2026;
const days = fc
  .date({ min: new Date("1940-01-01"), max: new Date("2036-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const parts = (date: string) => {
  const [year = "", month = "", day = ""] = date.split("-");
  return { year, month, day };
};
const name = (date: string, month: "long" | "short") =>
  new Intl.DateTimeFormat("en-GB", { month, timeZone: "UTC" }).format(new Date(date));

describe("a typed date", () => {
  test("is read as a paste of it is", () => {
    const cases: {
      today: string;
      dates: Record<string, string | [string, string] | null>;
      numbers: Record<string, string | null>;
    } = JSON.parse(readings);
    expect(cases.today.slice(0, 4)).toBe(String(YEAR));
    for (const [text, expected] of Object.entries(cases.dates)) {
      const reading =
        expected === null ? null : Array.isArray(expected) ? { either: expected } : { date: expected };
      expect(readDate(text, null, YEAR), JSON.stringify(text)).toEqual(reading);
    }
    for (const [text, expected] of Object.entries(cases.numbers)) {
      expect(readNumber(text), JSON.stringify(text)).toBe(expected);
    }
  });

  test("with a month's name is never asked back", () => {
    fc.assert(
      fc.property(days, fc.constantFrom("long" as const, "short" as const), (date, month) => {
        const { year, day } = parts(date);
        expect(readDate(`${Number(day)} ${name(date, month)} ${year}`, null, YEAR)).toEqual({ date });
        expect(readDate(`${name(date, month)} ${Number(day)}, ${year}`, null, YEAR)).toEqual({ date });
      }),
    );
  });

  test("in figures is asked back exactly when both ways are days of the calendar", () => {
    fc.assert(
      fc.property(days, fc.constantFrom("/", ".", "-"), (date, mark) => {
        const { year, month, day } = parts(date);
        const reading = readDate(`${day}${mark}${month}${mark}${year}`, null, YEAR);
        if (Number(day) > 12 || day === month || mark === ".") expect(reading).toEqual({ date });
        else expect(reading).toEqual({ either: [date, `${year}-${day}-${month}`] });
        expect(readDate(`${day}${mark}${month}${mark}${year}`, "dayFirst", YEAR)).toEqual({ date });
        expect(readDate(`${month}${mark}${day}${mark}${year}`, "monthFirst", YEAR)).toEqual({ date });
      }),
    );
  });

  test("survives its own echo", () => {
    fc.assert(
      fc.property(days, (date) => {
        expect(readDate(echoDate(date, "en-GB"), null, YEAR)).toEqual({ date });
      }),
    );
    expect(echoDate("2024-03-07", "en-GB")).toBe("7 March 2024");
  });

  test("never comes out as something that is no date", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 14 }), (text) => {
        const reading = readDate(text, "dayFirst", YEAR);
        if (reading && "date" in reading)
          expect(new Date(reading.date).toISOString().slice(0, 10)).toBe(reading.date);
      }),
    );
  });

  test("follows the way round of the locale", () => {
    expect(localeOrder("en-GB")).toBe("dayFirst");
    expect(localeOrder("en-US")).toBe("monthFirst");
    expect(localeOrder("sv-SE")).toBeNull();
  });
});
