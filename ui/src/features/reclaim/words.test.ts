import { expect, test } from "vitest";
import { money } from "../../format";
import { size, typedAmount } from "./words";

test("money has its currency, and is a number where none is known", () => {
  expect(money(8480, "EUR")).toMatch(/€.?8[.,]?480|8[.,]480.?€/);
  expect(money(8480, null)).toBe((8480).toLocaleString());
  expect(money(8480, "??"), "a currency nobody knows is shown as written").toContain("??");
});

test("amounts are read with and without separators, and nothing else is", () => {
  expect(typedAmount("5,200")).toBe(5200);
  expect(typedAmount("39.50")).toBe(39.5);
  expect(typedAmount("about 40")).toBeNull();
  expect(typedAmount("-3"), "nobody pays less than nothing").toBeNull();
});

test("sizes are short", () => {
  expect(size(999)).toBe("999 bytes");
  expect(size(1_840_221)).toBe("1.8 MB");
});
