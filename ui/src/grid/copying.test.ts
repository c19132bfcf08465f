import { describe, expect, test, vi } from "vitest";
import { copyBlocks } from "./copying";
import type { GridColumn, GridRow, RowSource } from "./types";

const columns: GridColumn[] = ["Name", "Number"].map((title, id) => ({
  id,
  title,
  width: 100,
  natural: 100,
  least: 50,
  pinned: false,
  editable: true,
}));
const row = (index: number): GridRow => ({
  id: index,
  label: `Person ${index}`,
  cells: { 0: { text: `Person ${index}` }, 1: { text: "0042" } },
});
const source = (atHand: boolean): RowSource => ({
  total: 9,
  row,
  current: (index) => (atHand ? row(index) : undefined),
  want: () => undefined,
  fetch: (first, end) => Promise.resolve(Array.from({ length: end - first }, (_, at) => row(first + at))),
  subscribe: () => () => undefined,
});
const block = { top: 0, left: 0, bottom: 1, right: 1 };

describe("a copied block", () => {
  test("is text and HTML of the same rows, also where rows are fetched first", async () => {
    const at = new Map<string, string>();
    copyBlocks(
      { setData: (type: string, text: string) => at.set(type, text) } as unknown as DataTransfer,
      [block],
      source(true),
      columns,
      { copied: () => undefined, refused: () => expect.fail("two rows are not too many") },
    );
    expect(at.get("text/html"), "text alone would become 42 in a spreadsheet").toContain(">0042<");

    const written: Record<string, Promise<Blob>>[] = [];
    vi.stubGlobal(
      "ClipboardItem",
      class {
        constructor(items: Record<string, Promise<Blob>>) {
          written.push(items);
        }
      },
    );
    vi.stubGlobal("navigator", { clipboard: { write: () => Promise.resolve() } });
    const copied = await new Promise<number>((resolve, reject) => {
      copyBlocks({} as DataTransfer, [block], source(false), columns, { copied: resolve, refused: reject });
    });
    expect(copied).toBe(2);
    for (const type of ["text/plain", "text/html"]) {
      const blob = await written[0]?.[type];
      expect(await blob?.text(), `${type} is the same however far the rows are`).toBe(at.get(type));
    }
  });
});
