import { describe, expect, test } from "vitest";
import { axisMonths } from "./Trend";

describe("months on the axis of the trend", () => {
  test("one month alone stands at the end of half a year, over the turn of the year", () => {
    expect(axisMonths(["2027-02"])).toEqual([
      "2026-09",
      "2026-10",
      "2026-11",
      "2026-12",
      "2027-01",
      "2027-02",
    ]);
  });

  test("half a year and more stand as they are, gaps included", () => {
    const known = ["2026-01", "2026-02", "2026-03", "2026-05", "2026-06", "2026-07", "2026-08"];
    expect(axisMonths(known)).toEqual(known);
  });

  test("nothing known is nothing on the axis", () => {
    expect(axisMonths([])).toEqual([]);
  });
});
