import { describe, expect, test, vi } from "vitest";
import { CHUNK, type Load, OtherList, RowCache } from "./cache";
import type { GridRow } from "./types";

const row = (index: number, text = `row ${index}`): GridRow => ({
  id: index,
  label: text,
  cells: { 0: { text } },
});

/** A service whose answers come when the test says so. */
function service(total: number, text: (index: number) => string = (index) => `row ${index}`) {
  const asked: { start: number; answer: () => void; fail: () => void }[] = [];
  const load: Load = (start, len) =>
    new Promise((resolve, reject) => {
      asked.push({
        start,
        answer: () =>
          resolve({
            total,
            rows: Array.from({ length: Math.max(0, Math.min(len, total - start)) }, (_, at) =>
              row(start + at, text(start + at)),
            ),
          }),
        fail: () => reject(new Error("lost")),
      });
    });
  return { load, asked };
}

const settled = () =>
  new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(resolve))));
const never = (error: unknown) => {
  throw error;
};

describe("the row cache", () => {
  test("fetches the first rows, then what is on screen and nothing else", async () => {
    const { load, asked } = service(1_000_000);
    const cache = new RowCache(never);
    expect(cache.hasBegun).toBe(false);
    cache.open(load, 1_000_000);
    expect(
      asked.map(({ start }) => start),
      "before anybody knows how many are in view",
    ).toEqual([0]);
    cache.want(500_000, 500_020);
    expect(asked.slice(1).every(({ start }) => start <= 500_020 && start + CHUNK > 500_000 - CHUNK)).toBe(
      true,
    );
    for (const one of asked) one.answer();
    await settled();
    expect(cache.row(500_010)?.label).toBe("row 500010");
    expect(cache.hasBegun).toBe(true);
    expect(cache.row(CHUNK), "nobody looked there").toBeUndefined();
  });

  test("a place that was scrolled past while others were on their way is not fetched", async () => {
    const { load, asked } = service(1_000_000);
    const cache = new RowCache(never);
    cache.open(load, 1_000_000);
    for (let first = 0; first < 900_000; first += 30_000) cache.want(first, first + 20);
    expect(asked.length).toBeLessThanOrEqual(2);
    for (const one of asked.splice(0)) one.answer();
    await settled();
    expect(asked.map(({ start }) => start)).toEqual([Math.floor(870_000 / CHUNK) * CHUNK]);
  });

  test("what is out of sight and of an older list is painted and not acted on", async () => {
    const { load, asked } = service(5_000, (index) => `everybody ${index}`);
    const cache = new RowCache(never);
    cache.open(load, 5_000);
    cache.want(CHUNK, CHUNK + 20);
    for (const one of asked) one.answer();
    await settled();
    cache.want(0, 20);
    const narrowed = service(150, (index) => `narrowed ${index}`);
    cache.open(narrowed.load, 150);
    expect(cache.current(3)?.label, "on screen, and known by its id").toBe("everybody 3");
    for (const one of narrowed.asked) one.answer();
    await settled();
    expect(cache.current(3)?.label).toBe("narrowed 3");
    expect(cache.row(CHUNK + 2)?.label, "until it is fetched again").toBe(`everybody ${CHUNK + 2}`);
    expect(cache.current(CHUNK + 2), "nobody outside the filter is meant").toBeUndefined();
  });

  test("old rows stay on screen until the new ones come, and late old answers change nothing", async () => {
    const before = service(100, (index) => `old ${index}`);
    const after = service(50, (index) => `new ${index}`);
    const cache = new RowCache(never);
    cache.open(before.load, 100);
    cache.want(0, 20);
    before.asked[0]?.answer();
    await settled();
    cache.refresh();
    const late = before.asked[1];
    cache.open(after.load, 50);
    expect(cache.row(3)?.label).toBe("old 3");
    late?.answer();
    await settled();
    expect(cache.row(3)?.label).toBe("old 3");
    for (const one of after.asked) one.answer();
    await settled();
    expect(cache.row(3)?.label).toBe("new 3");
    expect(cache.total).toBe(50);
  });

  test("rows past the end are not rows, even while older ones are kept", async () => {
    const { load, asked } = service(48);
    const cache = new RowCache(never);
    cache.open(load, 48);
    cache.want(0, 20);
    asked[0]?.answer();
    await settled();
    cache.open(service(2).load, 2);
    expect(cache.row(1)?.label).toBe("row 1");
    expect(cache.row(2)).toBeUndefined();
  });

  test("a failure is told once and not tried again until the table moves", async () => {
    const { load, asked } = service(10);
    const failed = vi.fn();
    const cache = new RowCache(failed);
    cache.open(load, 10);
    cache.want(0, 10);
    asked[0]?.fail();
    await settled();
    await settled();
    expect(failed).toHaveBeenCalledOnce();
    expect(asked.length).toBe(1);
    cache.want(0, 10);
    expect(asked.length).toBe(2);
  });

  test("a fetch for a copy reads rows that were never on screen", async () => {
    const cache = new RowCache(never);
    cache.open(
      (start, len) =>
        Promise.resolve({
          total: 2500,
          rows: Array.from({ length: Math.min(len, 2500 - start) }, (_, at) => row(start + at)),
        }),
      2500,
    );
    const rows = await cache.fetch(100, 2400);
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 2300 }, (_, at) => 100 + at));
  });

  test("rows that moved change at once, together with whoever holds their positions", async () => {
    const { load, asked } = service(1000);
    const cache = new RowCache(never);
    cache.open(load, 1000);
    cache.want(0, 20);
    for (const one of asked.splice(0)) one.answer();
    await settled();
    const later = service(1001, (index) => (index === 0 ? "new" : `row ${index - 1}`));
    cache.open(later.load, 1000);
    later.asked.splice(0);
    let moved = 0;
    const renewed = cache.renew(1, () => {
      moved += 1;
      expect(cache.row(6)?.label, "the new rows are there when positions change").toBe("row 5");
      expect(cache.total, "and so is how many there are").toBe(1001);
    });
    expect(cache.row(5)?.label, "until then nothing is seen in another's place").toBe("row 5");
    for (const one of later.asked.splice(0)) one.answer();
    await renewed;
    expect(moved).toBe(1);
  });

  test("positions of a list that is another by now fetch nobody", async () => {
    let version = 1;
    const load: Load = (start, len) =>
      Promise.resolve({
        total: 5000,
        version,
        rows: Array.from({ length: Math.min(len, 5000 - start) }, (_, at) => row(start + at)),
      });
    const cache = new RowCache(never);
    cache.open(load, 5000);
    await settled();
    expect((await cache.fetch(10, 2010)).length, "while the list is the one on screen").toBe(2000);
    version = 2;
    await expect(cache.fetch(10, 12), "other people stand there now").rejects.toThrow(OtherList);
  });
});
