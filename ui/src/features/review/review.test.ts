import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Group, GroupSummary, Plan } from "../../host";
import { typedNumber } from "./Footer";
import { FIRST_OF_GROUP, GROUPS, groupCaption, reviewRows, tally } from "./groups";
import { brakeWords, emphasis } from "./words";

const summary = (group: Group, items: number, more: Partial<GroupSummary> = {}): GroupSummary => ({
  group,
  items,
  people: items,
  seats: 0,
  leftOut: 0,
  ...more,
});

describe("the lines of a review", () => {
  const groups = Object.keys(GROUPS) as Group[];
  const any = fc
    .uniqueArray(fc.constantFrom(...groups))
    .chain((chosen) =>
      fc.tuple(...chosen.map((group) => fc.nat(3000).map((items) => summary(group, items)))),
    );

  it("show or count every item of every group, once", () => {
    fc.assert(
      fc.property(any, fc.subarray(groups), (summaries, opened) => {
        const rows = reviewRows(summaries, new Set(opened));
        for (const one of summaries) {
          const shown = rows.filter((row) => row.kind === "item" && row.group === one.group).length;
          const more = rows.find((row) => row.kind === "more" && row.group === one.group);
          expect(shown + (more?.kind === "more" ? more.hidden : 0), "nothing is left unsaid").toBe(one.items);
          expect(shown, "an opened group is whole").toBeGreaterThanOrEqual(
            opened.includes(one.group) ? one.items : Math.min(one.items, FIRST_OF_GROUP),
          );
        }
      }),
    );
  });

  it("begin each group with its heading, in the order given", () => {
    const rows = reviewRows([summary("held", 2), summary("deactivations", 0), summary("same", 1)], new Set());
    expect(rows.map((row) => row.kind)).toEqual(["heading", "item", "item", "heading", "item"]);
  });

  it("do not spend a line on hiding one", () => {
    const rows = reviewRows([summary("deactivations", FIRST_OF_GROUP + 1)], new Set());
    expect(rows.some((row) => row.kind === "more")).toBe(false);
  });
});

describe("what is said of a plan", () => {
  it("tells included, held, blocked and left out apart", () => {
    const plan = {
      groups: [
        summary("blocked", 1),
        summary("held", 3),
        summary("deactivations", 211, { leftOut: 2 }),
        summary("manager_changes", 31),
        summary("same", 5),
      ],
    } as Plan;
    expect(tally(plan)).toEqual({ included: 240, held: 3, blocked: 1, leftOut: 2 });
  });

  it("captions a group with people, seats and what is left out", () => {
    expect(groupCaption(summary("deactivations", 211, { seats: 209, leftOut: 1 }))).toBe(
      "211 people · 209 seats · 1 left out",
    );
    expect(groupCaption(summary("held", 3))).toBe("3 people, left out until decided");
  });

  it("makes the numbers of people stand out and loses no letter", () => {
    const text = "Deactivate 211 people and set their Separation date to 23 Nov 2026. 1 person moves.";
    const parts = emphasis(text);
    expect(parts.filter((part) => part.strong).map((part) => part.text)).toEqual(["211 people", "1 person"]);
    fc.assert(
      fc.property(fc.string(), (any) => {
        expect(
          emphasis(any)
            .map((part) => part.text)
            .join(""),
        ).toBe(any);
      }),
    );
  });

  it("tells what a brake says apart: what is, why, how to go on", () => {
    expect(
      brakeWords("Nothing has been sent. This deactivates 4.3% of the directory. Type the number to go on."),
    ).toEqual({
      lead: "Nothing has been sent.",
      why: "This deactivates 4.3% of the directory.",
      how: "Type the number to go on.",
    });
    expect(brakeWords("This deactivates 2.1% of the directory.").why).toBe("");
  });
});

describe("the number typed", () => {
  it.each([
    ["211", 211],
    ["1,211", 1211],
    ["1.211", 1211],
    ["1 211", 1211],
    ["1’211", 1211],
  ])("%s is taken as %d", (text, value) => {
    expect(typedNumber(text)).toBe(value);
  });

  it.each(["", "two", "-5", "2e3", "99999999999"])("%s is none", (text) => {
    expect(typedNumber(text)).toBeNull();
  });
});
