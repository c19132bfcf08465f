import { describe, expect, test } from "vitest";
import { since } from "./since";

const today = new Date(2026, 10, 23);

describe("how long somebody has been here", () => {
  test("in years and months, as people say it", () => {
    expect(since("2023-02-05", today)).toBe("3 y 9 m");
    expect(since("2020-11-23", today)).toBe("6 y");
    expect(since("2025-11-24", today)).toBe("11 m");
    expect(since("2026-10-24", today)).toBe("30 days");
    expect(since("2026-11-22", today)).toBe("1 day");
    expect(since("2026-11-23", today)).toBe("0 days");
  });

  test("says nothing of a day to come or of what is no date", () => {
    expect(since("2026-11-24", today)).toBeNull();
    expect(since("soon", today)).toBeNull();
  });
});
