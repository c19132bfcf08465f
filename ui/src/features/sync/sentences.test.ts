import { describe, expect, it } from "vitest";
import { synced } from "../../directory/synced";
import { found, howFar, pace } from "./sentences";

const progress = { connection: 1, people: 300, expected: 900, pages: 3, rate: 150, secondsLeft: 4 };
const outcome = {
  people: 900,
  pages: 9,
  requests: 10,
  seconds: 6,
  added: 0,
  changed: 0,
  vanished: 0,
  complete: true,
  warnings: [],
  finishedAt: "2026-11-23T09:00:00Z",
};

describe("a sync in words", () => {
  it("says how far, with and without a known end", () => {
    expect(howFar(progress)).toBe("300 of 900 people");
    expect(howFar({ ...progress, expected: null })).toBe("300 people");
  });

  it("says pages, rate and time left, and leaves out what is not known", () => {
    expect(pace(progress)).toBe("3 pages · 150 a second · about 4 s left");
    expect(pace({ ...progress, pages: 1, rate: 0, secondsLeft: null })).toBe("1 page");
  });

  it("says when it was, and that it was not whole or not to its end", () => {
    const syncedAt = outcome.finishedAt;
    const now = new Date("2026-11-23T09:02:00Z");
    expect(synced({ syncedAt: null, lastSync: null }, now)).toBe("Never synced");
    expect(synced({ syncedAt, lastSync: outcome }, now)).toBe("Synced 2 min ago");
    const part = { ...outcome, complete: false };
    expect(synced({ syncedAt, lastSync: part }, now)).toBe("Synced 2 min ago, not whole");
    expect(synced({ syncedAt: null, lastSync: part }, now)).toBe("Not read to its end");
  });

  it("says what it found", () => {
    expect(found(outcome)).toBe("nothing new");
    expect(found({ ...outcome, added: 3, vanished: 1 })).toBe("3 new, 1 gone");
  });
});
