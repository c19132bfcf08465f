import { beforeEach, describe, expect, test, vi } from "vitest";

const asked: { what: string; search: string; answer: () => void }[] = [];
const closed: number[] = [];
const located: number[] = [];
const list = { version: 1 };
let people: number[] = [];

vi.mock("../host", () => {
  const rows = (start: number, len: number) => ({
    total: people.length,
    version: list.version,
    rows: people.slice(start, start + len).map((id) => ({ id, name: `P${id}`, status: "active", cells: [] })),
  });
  const later = (what: string, search: string) =>
    new Promise((resolve) => {
      asked.push({
        what,
        search,
        answer: () =>
          resolve({
            view: { id: 1, version: 1, total: search.length, of: 9, note: null },
            window: rows(0, 48),
          }),
      });
    });
  return {
    asHostError: (thrown: unknown) => thrown,
    HostError: class extends Error {
      readonly code: string;
      constructor(failure: { code: string; message: string }) {
        super(failure.message);
        this.code = failure.code;
      }
    },
    onNews: () => () => undefined,
    host: {
      window: (_: number, start: number, len: number) => Promise.resolve(rows(start, len)),
      locate: (_: number, row: number) => {
        located.push(row);
        return Promise.resolve(people.includes(row) ? people.indexOf(row) : null);
      },
      showView: (_: number, view: number | null, query: { search: string }) =>
        later(view === null ? "open" : "change", query.search),
      closeView: (view: number) => {
        closed.push(view);
        return Promise.resolve(null);
      },
    },
  };
});

const { ViewSession } = await import("./session");
const { bringRows, inTurn } = await import("./useSession");
const query = (search: string) => ({ search, filters: [], sort: [], pile: null });
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

beforeEach(() => {
  asked.length = 0;
  closed.length = 0;
  located.length = 0;
  list.version = 1;
  people = Array.from({ length: 5000 }, (_, at) => at + 1);
});

describe("the view on screen", () => {
  test("while an answer is on its way only the latest wish waits, so typing never queues up", async () => {
    people = [1, 2, 3];
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

async function opened() {
  const session = new ViewSession(1);
  session.ask(query("any"));
  asked[0]?.answer();
  await settled();
  await settled();
  return session;
}

describe("rows of the view", () => {
  test("are told by who they are, or by where they stand in the list on screen", async () => {
    const session = await opened();
    expect(session.chosen({ first: 1, last: 2 })).toEqual({ of: "rows", rows: [2, 3] });
    const far = { of: "range", view: 1, version: 1, start: 1000, end: 2000 };
    expect(session.chosen({ first: 1000, last: 1999 })).toEqual(far);
    people = [9999, ...people];
    list.version = 2;
    expect(session.chosen({ first: 1, last: 1 }), "whoever is seen is meant").toEqual({
      of: "rows",
      rows: [2],
    });
    expect(session.chosen({ first: 1000, last: 1999 }), "the engine must see that it is late").toEqual(far);
    await expect(session.rows({ first: 1000, last: 1999 })).rejects.toThrow(/list changed/);
  });

  test("two news in a row leave the cursor on its person", async () => {
    const session = await opened();
    let held = { cursor: { index: 5, id: 6 as number | null }, anchor: { index: 5, id: 6 as number | null } };
    const grid = {
      current: {
        held: () => held,
        follow: (_: typeof held, to: typeof held) => {
          held = to;
        },
      },
    };
    const bring = inTurn(() => bringRows(1, session, grid));
    people = [9999, ...people];
    list.version = 2;
    bring();
    people = [9998, ...people];
    list.version = 3;
    bring();
    await settled();
    await settled();
    expect(held.cursor).toEqual({ index: 7, id: 6 });
    expect(session.cache.row(7)?.id, "and that person's row is there").toBe(6);
    expect(session.cache.version).toBe(3);
    expect(located, "one after the other, and never for somebody else").toEqual([6, 6, 6, 6]);
  });
});
