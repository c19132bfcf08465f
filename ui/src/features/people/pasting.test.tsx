import { expect, it } from "vitest";
import type { ViewSession } from "../../directory/session";
import type { PersonRow } from "../../directory/values";
import type { Attribute } from "../../host";
import { withHost } from "../../test/host";
import { paste } from "./pasting";
import { usePeople } from "./store";

const department = {
  id: 2,
  key: "department",
  label: "Department",
  kind: "option",
  writable: true,
} as Attribute;
const rows = Array.from(
  { length: 100 },
  (_, at): PersonRow => ({ id: at, label: `P${at}`, cells: {}, raw: {} }),
);
const session = {
  total: () => rows.length,
  rows: ({ first, last }: { first: number; last: number }) => Promise.resolve(rows.slice(first, last + 1)),
} as unknown as ViewSession;
const at = (row: number) => ({ top: row, left: 0, bottom: row, right: 0 });

it.each([
  ["what is in sight is staged at once", 10, null],
  ["a block that begins above it is shown first", 9, "paste"],
  ["and so is one that ends below it", 29, "paste"],
])("%s", async (_, row, asked) => {
  const calls = withHost({
    stage_pasted: () => ({ changes: 2, refused: [], refusedTotal: 0, draft: { changes: 2 } }),
  });
  usePeople.getState().start(1);
  const target = { connection: 1, session, columns: [department], inSight: { first: 10, end: 30 } };
  await paste([["Sales"], ["Legal"]], at(row), [at(row)], target);
  expect(usePeople.getState().asked?.ask ?? null).toBe(asked);
  const staged = calls.filter(({ command, args }) => command === "stage_pasted" && args.dry === false);
  expect(staged).toHaveLength(asked === null ? 1 : 0);
});
