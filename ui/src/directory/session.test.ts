import { beforeEach, describe, expect, test, vi } from "vitest";

const asked: { what: string; search: string; answer: () => void }[] = [];
const closed: number[] = [];

vi.mock("../host", () => {
  const later = (what: string, search: string) =>
    new Promise((resolve) => {
      asked.push({
        what,
        search,
        answer: () => resolve({ id: 1, version: 1, total: search.length, of: 9, note: null }),
      });
    });
  return {
    asHostError: (thrown: unknown) => thrown,
    host: {
      openView: (_: number, query: { search: string }) => later("open", query.search),
      changeView: (_: number, query: { search: string }) => later("change", query.search),
      closeView: (view: number) => {
        closed.push(view);
        return Promise.resolve(null);
      },
    },
  };
});

const { ViewSession } = await import("./session");
const query = (search: string) => ({ search, filters: [], sort: [], pile: null });
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

beforeEach(() => {
  asked.length = 0;
  closed.length = 0;
});

describe("the view on screen", () => {
  test("while an answer is on its way only the latest wish waits, so typing never queues up", async () => {
    const session = new ViewSession(1);
    session.ask(query(""));
    for (const search of ["a", "an", "ana"]) session.ask(query(search));
    expect(asked.map((one) => one.search)).toEqual([""]);
    asked[0]?.answer();
    await settled();
    expect(asked.map((one) => [one.what, one.search])).toEqual([
      ["open", ""],
      ["change", "ana"],
    ]);
    asked[1]?.answer();
    await settled();
    expect(session.snapshot().view?.total).toBe(3);
    expect(session.cache.total).toBe(3);
  });

  test("a view that opens after the screen was left is closed again", async () => {
    const session = new ViewSession(1);
    session.ask(query(""));
    session.close();
    asked[0]?.answer();
    await settled();
    expect(closed).toEqual([1]);
  });
});
