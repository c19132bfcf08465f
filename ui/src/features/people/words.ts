/** Filters in words, for the chips. */

import { readable } from "../../directory/values";
import { date } from "../../format";
import type { Attribute, Filter, ViewQuery } from "../../host";
import { personKey, valueKey } from "./store";

export interface ChipWords {
  label: string;
  value?: string;
}

const MOST_NAMED = 2;

/** "EMEA, Nordics, 2 more" */
export function fewOf(words: readonly string[]): string {
  if (words.length <= MOST_NAMED + 1) return words.join(", ");
  return `${words.slice(0, MOST_NAMED).join(", ")}, ${words.length - MOST_NAMED} more`;
}

export function chipWords(
  filter: Filter,
  attribute: Attribute | undefined,
  names: Readonly<Record<string, string>>,
): ChipWords {
  const label = attribute?.label ?? "An attribute that is gone";
  const { test } = filter;
  const read = (value: string | null) =>
    value === null
      ? "not set"
      : (names[valueKey(filter.attribute, value)] ?? readable(attribute?.kind ?? "text", value));
  const edge = (value: string) => (attribute?.kind === "date" ? date(value) : value);
  switch (test.is) {
    case "any_of":
      return { label: `${label} is`, value: fewOf(test.values.map(read)) };
    case "none_of":
      return { label: `${label} is not`, value: fewOf(test.values.map(read)) };
    case "empty":
      return { label: `${label} is`, value: "not set" };
    case "filled":
      return { label: `${label} is`, value: "set" };
    case "between":
      if (test.from !== null && test.to !== null) {
        return { label: `${label} from`, value: `${edge(test.from)} to ${edge(test.to)}` };
      }
      if (test.from !== null) return { label: `${label} from`, value: edge(test.from) };
      return { label: `${label} up to`, value: edge(test.to ?? "") };
    case "contains":
      return { label: `${label} contains`, value: test.text };
    case "under":
      return {
        label: test.whole ? "Anywhere under" : "Reports to",
        value: names[personKey(test.manager)] ?? "…",
      };
    case "staged":
      return { label: "Has staged changes" };
  }
}

/** What a list is narrowed by, a phrase each: "Department is Sales", "found by “berlin”". */
export function queryWords(
  { search, filters }: Pick<ViewQuery, "search" | "filters">,
  attributes: readonly Attribute[],
  names: Readonly<Record<string, string>>,
): string[] {
  const chips = filters.map((filter) => {
    const attribute = attributes.find((one) => one.id === filter.attribute);
    const { label, value } = chipWords(filter, attribute, names);
    return value === undefined ? label : `${label} ${value}`;
  });
  return search.trim() === "" ? chips : [...chips, `found by “${search.trim()}”`];
}
