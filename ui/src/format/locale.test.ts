import { expect, test } from "vitest";
import { usable } from "./locale";

test("a system without a language still gets numbers and dates", () => {
  expect(usable("de-DE"), "a real language is taken as it is").toBe("de-DE");
  expect(usable("c"), "the C locale is no language tag").toBe("en-GB");
  expect(usable("POSIX"), "nor is POSIX a language anybody has data for").toBe("en-GB");
  expect(usable(""), "nor is nothing").toBe("en-GB");
});
