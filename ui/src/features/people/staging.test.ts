import { describe, expect, test } from "vitest";
import type { Refusal, Staged } from "../../host";
import { outcomeWords, refusalNotice } from "./staging";

const refusal = (name: string, change: Partial<Refusal> = {}): Refusal => ({
  row: 1,
  name,
  code: "invalid",
  message: "Grade takes whole numbers",
  attribute: null,
  value: null,
  ...change,
});
const staged = (change: Partial<Staged>): Staged => ({
  people: 214,
  changed: 198,
  cleared: 0,
  same: 16,
  nothing: 0,
  refused: [],
  refusedTotal: 0,
  newSegments: [],
  draft: { changes: 0, people: 0, undo: null, redo: null, stale: 0 },
  ...change,
});

describe("what staging did, in words", () => {
  test("says who changes and for whom it is so already", () => {
    expect(outcomeWords(staged({}))).toBe("214 people, 198 change, 16 already so");
    expect(outcomeWords(staged({ people: 1, changed: 1, same: 0 }))).toBe("1 person, 1 changes");
    expect(outcomeWords(staged({ same: 0, refusedTotal: 16 }))).toBe("214 people, 198 change, 16 left out");
  });

  test("says whose value would become empty, and who has nothing to copy", () => {
    expect(outcomeWords(staged({ cleared: 3, nothing: 5 }))).toBe(
      "214 people, 198 change (3 of them cleared), 16 already so, 5 have nothing to copy",
    );
    expect(outcomeWords(staged({ cleared: 198, same: 0 }))).toBe("214 people, 198 change");
  });

  test("says nothing when everything went in: the table shows it", () => {
    expect(refusalNotice(staged({}))).toBeNull();
  });

  test("names the first who were left out and counts the rest", () => {
    const refused = ["A", "B", "C", "D", "E"].map((name) => refusal(name));
    const notice = refusalNotice(staged({ refused, refusedTotal: 40 }));
    expect(notice?.text).toBe("198 people staged, 40 left out");
    expect(notice?.more).toHaveLength(5);
    expect(notice?.more[0]).toBe("A: Grade takes whole numbers.");
    expect(notice?.more.at(-1)).toBe("and 36 people more");
  });

  test("does not say a protected person's name twice", () => {
    const one = refusal("Adams, Benjamin", { code: "protected", message: "Benjamin Adams has 3 reports" });
    expect(refusalNotice(staged({ changed: 0, refused: [one], refusedTotal: 1 }))?.more).toEqual([
      "Benjamin Adams has 3 reports.",
    ]);
  });
});
