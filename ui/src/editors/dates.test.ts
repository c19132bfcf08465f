import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { echoDate, localeOrder, readDate } from "./dates";

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
  test("is read whichever way people write it", () => {
    for (const text of [
      "7 Mar 24",
      "7 March 2024",
      "7-mar-2024",
      "Mar 7, 2024",
      "2024-03-07",
      "2024/3/7",
      "2024 Mar 7",
      "20240307",
      " 7.  March 2024 ",
    ]) {
      expect(readDate(text, null, YEAR)).toEqual({ date: "2024-03-07" });
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
        if (Number(day) > 12 || day === month) expect(reading).toEqual({ date });
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

  test("with a year of two figures is of this century up to ten years ahead", () => {
    expect(readDate("1 Feb 36", null, YEAR)).toEqual({ date: "2036-02-01" });
    expect(readDate("1 Feb 37", null, YEAR)).toEqual({ date: "1937-02-01" });
  });

  test("that the calendar does not have is no date", () => {
    for (const text of [
      "31/02/2024",
      "29 Feb 2023",
      "0/0/0",
      "13/13/2024",
      "March",
      "7 Smarch 2024",
      "12:30",
      "",
    ]) {
      expect(readDate(text, null, YEAR)).toBeNull();
    }
    expect(readDate("29 Feb 2024", null, YEAR)).toEqual({ date: "2024-02-29" });
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
