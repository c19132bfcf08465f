import { describe, expect, test } from "vitest";
import type { Attribute, Test } from "../../host";
import { personKey, valueKey } from "./store";
import { chipWords, fewOf, queryWords } from "./words";

const region: Attribute = {
  id: 4,
  key: "region",
  label: "Region",
  kind: "option",
  role: null,
  writable: true,
  required: false,
  filled: 1,
  distinct: 1,
};
const words = (test: Test, attribute: Attribute = region, names = {}) =>
  chipWords({ attribute: attribute.id, test }, attribute, names);

describe("a filter in words", () => {
  test("names two values and counts the rest, unless naming the third is as short", () => {
    expect(fewOf(["EMEA", "Nordics", "APAC", "LATAM"])).toBe("EMEA, Nordics, 2 more");
    expect(fewOf(["EMEA", "Nordics", "APAC"])).toBe("EMEA, Nordics, APAC");
  });

  test("says which way it narrows", () => {
    expect(words({ is: "any_of", values: ["EMEA"] })).toEqual({ label: "Region is", value: "EMEA" });
    expect(words({ is: "none_of", values: [null] })).toEqual({ label: "Region is not", value: "not set" });
    expect(words({ is: "empty" })).toEqual({ label: "Region is", value: "not set" });
    expect(words({ is: "contains", text: "EM" })).toEqual({ label: "Region contains", value: "EM" });
    expect(words({ is: "between", from: "3", to: null })).toEqual({ label: "Region from", value: "3" });
  });

  test("calls people by their names, not by what the service writes", () => {
    const manager: Attribute = { ...region, id: 7, label: "Manager", kind: "employee" };
    const names = { [valueKey(7, "bo@acme.example")]: "Li, Bo", [personKey(12)]: "Ruiz, Ana" };
    expect(words({ is: "any_of", values: ["bo@acme.example"] }, manager, names).value).toBe("Li, Bo");
    expect(words({ is: "under", manager: 12, whole: true }, manager, names)).toEqual({
      label: "Anywhere under",
      value: "Ruiz, Ana",
    });
  });

  test("still says something when its attribute is gone", () => {
    expect(chipWords({ attribute: 99, test: { is: "empty" } }, undefined, {}).label).toContain("gone");
  });
});

test("what a list is narrowed by is said in phrases", () => {
  const filters = [{ attribute: 4, test: { is: "any_of" as const, values: ["EMEA"] } }];
  expect(queryWords({ search: " berlin ", filters }, [region], {})).toEqual([
    "Region is EMEA",
    "found by “berlin”",
  ]);
});
