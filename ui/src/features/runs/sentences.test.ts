import { describe, expect, it } from "vitest";
import type { Run } from "../../host";
import { counts, ended, isFinished, outcome, pace, seats, unsent } from "./sentences";

const run: Run = {
  id: 3,
  asOf: 1,
  plan: 7,
  connection: 1,
  status: "running",
  title: "Deactivate 211 in Acme",
  why: null,
  resumeAt: null,
  total: 211,
  sent: 0,
  done: 126,
  same: 2,
  held: 2,
  failed: 1,
  unknown: 1,
  cancelled: 0,
  rate: 12,
  secondsLeft: 8,
  seatsFreed: null,
  startedAt: "2026-11-23T09:00:00Z",
  finishedAt: null,
  sentence: null,
  canTakeBack: false,
};

describe("a run in words", () => {
  it("counts what is so already as done, and names the rest", () => {
    expect(counts(run)).toBe("128 of 211 done · 2 held · 1 failed · 1 being read again");
    expect(ended(run), "unknown ones have not ended").toBe(131);
  });

  it("says what is sent and not read back yet: by listing, that is all of it for long", () => {
    const sending: Run = { ...run, done: 0, same: 0, held: 0, failed: 0, unknown: 0, sent: 200 };
    expect(counts(sending)).toBe("0 of 211 done · 200 sent, being read back");
    expect(unsent(sending), "what is sent can't be held back any more").toBe(11);
  });

  it("says how fast and how long while it goes", () => {
    expect(pace(run)).toBe("12 a second · about 8 s left");
  });

  it("says why it waits and when it goes on", () => {
    const paused: Run = { ...run, status: "paused", why: "The hour’s operations are spent" };
    expect(pace(paused)).toBe("The hour’s operations are spent");
    expect(pace({ ...paused, resumeAt: "2026-11-23T10:00:00Z" })).toMatch(
      /^The hour’s operations are spent · goes on at \d/,
    );
  });

  it("says who carries it out, where that is not this window", () => {
    const why = "ana@laptop is at work on this connection now.";
    expect(pace({ ...run, rate: 0, secondsLeft: null, why })).toBe(why);
  });

  it("ends in a sentence, the engine's own where there is one", () => {
    expect(outcome({ ...run, status: "done", sentence: "Deactivated 209 people in Acme." })).toBe(
      "Deactivated 209 people in Acme.",
    );
    expect(outcome({ ...run, status: "cancelled", cancelled: 80, unknown: 0 })).toMatch(
      /^Cancelled: .*80 not sent\.$/,
    );
    expect(isFinished({ ...run, status: "cancelled" })).toBe(true);
  });

  it("names seats by the way they moved", () => {
    expect(seats({ ...run, seatsFreed: 207 })).toBe("207 seats freed");
    expect(seats({ ...run, seatsFreed: -1 })).toBe("1 seat taken");
    expect(seats(run)).toBeNull();
  });
});
