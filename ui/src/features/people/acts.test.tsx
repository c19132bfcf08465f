import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Attribute, client, keys, type Row } from "../../host";
import { useAnnouncement, useSelection, useWindow } from "../../state";
import { withHost } from "../../test/host";
import { copyChosen } from "./acts";
import { usePeople } from "./store";

const attribute = (id: number, label: string, more: Partial<Attribute> = {}): Attribute => ({
  id,
  key: `urn:x:${label}`,
  label,
  kind: "text",
  role: null,
  writable: true,
  required: false,
  filled: 2,
  distinct: 2,
  ...more,
});
const attributes = [
  attribute(0, "Name", { role: "name", writable: false }),
  attribute(3, "Number"),
  attribute(5, "Hired", { kind: "date" }),
];
/** With the cells in the order of the columns asked for. */
const row = (id: number, name: string, columns: readonly number[], number: string): Row => {
  const cells = new Map<number, Row["cells"][number]>([
    [0, { value: name }],
    [3, { value: number, staged: { value: `${number}0` } }],
    [5, { value: "2024-03-07" }],
  ]);
  return {
    id,
    name,
    status: "active",
    cells: columns.map((column) => cells.get(column) ?? { value: null }),
    act: null,
    protected: false,
  };
};
const selection = { of: "view" as const, view: 4, except: [9] };

/** What was put on the clipboard, by type. */
let written: Record<string, Promise<Blob>> = {};

beforeEach(() => {
  written = {};
  vi.stubGlobal(
    "ClipboardItem",
    class {
      constructor(items: Record<string, Promise<Blob>>) {
        written = items;
      }
    },
  );
  vi.stubGlobal("navigator", { clipboard: { write: () => Promise.all(Object.values(written)) } });
  useWindow.setState({ connection: 1, screen: "people" });
  useSelection.setState({ selection, count: 2 });
});

describe("copying the people who are chosen", () => {
  it("asks for the columns on screen, and writes them under their names in that order", async () => {
    const asked = withHost({
      chosen_rows: ({ columns }) => [
        row(1, "Ruiz, Ana", columns as number[], "0042"),
        row(2, "Li, Bo", columns as number[], "0043"),
      ],
    });
    client.setQueryData(keys.directory(1), { attributes, people: 2, views: [], columns: [] });
    usePeople.setState({ connection: 1, shown: [5, 99, 0, 3], notice: null });
    copyChosen();
    await vi.waitFor(() => expect(useAnnouncement.getState().words).toBe("Copied 2 people"));
    expect(asked, "a column whose attribute is gone would shift all after it").toEqual([
      { command: "chosen_rows", args: { id: 1, selection, columns: [5, 0, 3] } },
    ]);
    expect(await (await written["text/plain"])?.text(), "values as they are once the draft is sent").toBe(
      "Hired\tName\tNumber\r\n2024-03-07\tRuiz, Ana\t00420\r\n2024-03-07\tLi, Bo\t00430\r\n",
    );
    expect(await (await written["text/html"])?.text(), "a spreadsheet would make 420 of it").toContain(
      ">00420<",
    );
  });

  it("says why where the people cannot be had", async () => {
    withHost({
      chosen_rows: () => {
        throw { code: "stale", message: "The list changed meanwhile. Select them again.", detail: null };
      },
    });
    client.setQueryData(keys.directory(1), { attributes, people: 2, views: [], columns: [] });
    usePeople.setState({ connection: 1, shown: [0], notice: null });
    copyChosen();
    await vi.waitFor(() =>
      expect(usePeople.getState().notice?.text).toBe("The list changed meanwhile. Select them again."),
    );
  });
});
