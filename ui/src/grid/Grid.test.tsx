import { act, fireEvent, render, screen } from "@testing-library/react";
import { createRef, useState } from "react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { RowCache } from "./cache";
import { TICK_WIDTH } from "./columns";
import { Grid, type GridHandle, type GridProps } from "./Grid";
import { NO_TICKS, type Ticks } from "./selection";
import type { GridColumn, GridRow } from "./types";

const ROWS = 1000;
const columns: GridColumn[] = ["Name", "Department", "Manager"].map((title, id) => ({
  id,
  title,
  width: 150,
  natural: 150,
  least: 100,
  pinned: id === 0,
  editable: id > 0,
  heading: id === 0,
}));
const row = (index: number): GridRow => ({
  id: 5000 + index,
  label: `Person ${index}`,
  cells: {
    0: { text: `Person ${index}` },
    1: index === 2 ? { text: "Product", old: "Research" } : { text: "Sales" },
    2: index === 3 ? { text: "Chen", odd: "no such person" } : { text: "Chen" },
  },
});

// jsdom lays nothing out: the table is given a height for twenty rows.
beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  HTMLElement.prototype.setPointerCapture ??= () => undefined;
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(30 + 20 * 32);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
});

async function show(given: Partial<GridProps> = {}) {
  const cache = new RowCache((error) => {
    throw error;
  });
  const seen = {
    onCursor: vi.fn(),
    onOpen: vi.fn(),
    onClear: vi.fn(),
    onFill: vi.fn(),
    onPaste: vi.fn(),
    onMenu: vi.fn(),
    onEscape: vi.fn(),
    onCopyRefused: vi.fn(),
    onTicksRefused: vi.fn(),
    onSort: vi.fn(),
    onResize: vi.fn(),
    onReorder: vi.fn(),
    onColumnMenu: vi.fn(),
    ticked: vi.fn(),
  };
  const handle = createRef<GridHandle>();
  function Owner() {
    const [ticks, setTicks] = useState<Ticks>(NO_TICKS);
    return (
      <Grid
        label="People"
        columns={columns}
        source={cache}
        rowHeight={32}
        openRow={null}
        tail={0}
        handle={handle}
        renderEditor={({ typed, close }) => (
          <input
            aria-label="Editor"
            defaultValue={typed ?? "now"}
            onKeyDown={(event) => {
              if (event.key === "Enter") close("commitDown");
              if (event.key === "Escape") close("cancel");
            }}
          />
        )}
        {...seen}
        {...given}
        ticks={ticks}
        onTicks={(next) => {
          seen.ticked(next);
          setTicks(next);
        }}
      />
    );
  }
  render(<Owner />);
  await act(async () => {
    cache.open(
      (start, len) =>
        Promise.resolve({
          total: ROWS,
          rows: Array.from({ length: Math.min(len, ROWS - start) }, (_, at) => row(start + at)),
        }),
      ROWS,
    );
    await Promise.resolve();
  });
  const grid = screen.getByRole("grid");
  grid.focus();
  const current = () => document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
  const press = (key: string, held: Partial<KeyboardEventInit> = {}) =>
    fireEvent.keyDown(grid, { key, ...held });
  // Nothing is laid out, so the first row's upper left is the page's.
  const click = (row: number, column: number, held: Partial<PointerEventInit> = {}) => {
    const at = { clientX: TICK_WIDTH + column * 150 + 20, clientY: row * 32 + 10, button: 0, ...held };
    const [cell] = screen.getAllByRole("gridcell");
    if (!cell) throw new Error("no cells");
    fireEvent.pointerDown(cell, at);
    fireEvent.pointerUp(grid, at);
  };
  return { grid, current, press, click, seen, handle };
}

describe("the grid", () => {
  test("tells screen readers how large it is and where each cell stands, though only a screenful exists", async () => {
    const { grid, current, press } = await show();
    expect(grid.getAttribute("aria-rowcount")).toBe("1001");
    expect(grid.getAttribute("aria-colcount")).toBe("4");
    expect(screen.getAllByRole("row").length).toBeLessThan(40);
    press("End", { ctrlKey: true });
    expect(current()?.getAttribute("aria-colindex")).toBe("4");
    expect(current()?.closest("[role=row]")?.getAttribute("aria-rowindex")).toBe("1001");
  });

  test("is one Tab stop", async () => {
    const { grid } = await show();
    const stops = grid.parentElement?.querySelectorAll(
      "[tabindex='0'], button:not([tabindex='-1']), input, a[href]",
    );
    expect([...(stops ?? [])]).toEqual([grid]);
  });

  test("the keys move the cursor, extend the block and tick rows", async () => {
    const { current, press, seen, handle } = await show();
    press("ArrowDown");
    press("ArrowRight");
    expect(current()?.textContent).toBe("Sales");
    press("ArrowDown", { shiftKey: true });
    press("ArrowRight", { shiftKey: true });
    expect(handle.current?.block()).toEqual({ top: 1, left: 1, bottom: 2, right: 2 });
    press(" ", { shiftKey: true });
    expect(seen.ticked).toHaveBeenLastCalledWith({ of: "some", ids: new Set([5001, 5002]) });
    press("a", { ctrlKey: true });
    expect(seen.ticked).toHaveBeenLastCalledWith({ of: "all", except: new Set() });
  });

  test("Esc lets go of one thing at a time: the block, the ticks, what the owner has open", async () => {
    const { press, seen, handle } = await show();
    press("ArrowDown", { shiftKey: true });
    press(" ", { shiftKey: true });
    press("Escape");
    expect(handle.current?.block()).toEqual({ top: 1, left: 0, bottom: 1, right: 0 });
    expect(seen.onEscape).not.toHaveBeenCalled();
    press("Escape");
    expect(seen.ticked).toHaveBeenLastCalledWith(NO_TICKS);
    press("Escape");
    expect(seen.onEscape).toHaveBeenCalledOnce();
  });

  test("typing replaces, F2 changes, Enter goes down, Esc stays, and the keyboard is back in the table", async () => {
    const { grid, press, handle } = await show();
    press("ArrowRight");
    press("x");
    expect(screen.getByLabelText<HTMLInputElement>("Editor").value).toBe("x");
    fireEvent.keyDown(screen.getByLabelText("Editor"), { key: "Enter" });
    expect(screen.queryByLabelText("Editor")).toBeNull();
    expect(handle.current?.cursor()).toEqual({ row: 1, column: 1 });
    expect(document.activeElement).toBe(grid);
    press("F2");
    expect(screen.getByLabelText<HTMLInputElement>("Editor").value).toBe("now");
    fireEvent.keyDown(screen.getByLabelText("Editor"), { key: "Escape" });
    expect(handle.current?.cursor()).toEqual({ row: 1, column: 1 });
  });

  test("a double click edits the cell, also when its clicks arrive at the table because the pointer was captured", async () => {
    const { grid, press } = await show();
    press("ArrowRight");
    fireEvent.doubleClick(grid, { clientX: 250, clientY: 0 });
    expect(screen.getByLabelText<HTMLInputElement>("Editor").value).toBe("now");
  });

  test("a column that can't be edited opens no editor", async () => {
    const { press } = await show();
    press("x");
    press("Enter");
    expect(screen.queryByLabelText("Editor")).toBeNull();
  });

  test("Space opens the row, Delete and Ctrl+D ask the owner", async () => {
    const { press, seen } = await show();
    press(" ");
    expect(seen.onOpen).toHaveBeenCalledWith(expect.objectContaining({ id: 5000 }));
    press("ArrowRight");
    press("Delete");
    const cell = { top: 0, left: 1, bottom: 0, right: 1 };
    expect(seen.onClear).toHaveBeenCalledWith(cell, [cell]);
    press("ArrowDown", { shiftKey: true });
    press("d", { ctrlKey: true });
    expect(seen.onFill).toHaveBeenCalledWith(
      { top: 0, left: 1, bottom: 0, right: 1 },
      { top: 1, left: 1, bottom: 1, right: 1 },
    );
  });

  test("a staged cell shows both values, an odd one its reason, and both are said", async () => {
    vi.useFakeTimers();
    try {
      const { current, press } = await show();
      press("ArrowRight");
      press("ArrowDown");
      press("ArrowDown");
      expect(current()?.textContent).toContain("Product");
      expect(current()?.querySelector("s")?.textContent).toBe("Research");
      act(() => vi.advanceTimersByTime(500));
      expect(screen.getByRole("status").textContent).toBe(
        "Person 2. Department, Product, staged, was Research",
      );
      press("ArrowRight");
      press("ArrowDown");
      act(() => vi.advanceTimersByTime(500));
      expect(screen.getByRole("status").textContent).toBe("Person 3. Manager, Chen, no such person");
    } finally {
      vi.useRealTimers();
    }
  });

  test("a block goes to the clipboard as Excel reads it, and comes from it", async () => {
    const { grid, press, seen } = await show();
    press("ArrowRight");
    press("ArrowDown", { shiftKey: true });
    press("ArrowRight", { shiftKey: true });
    const held: Record<string, string> = {};
    const clipboardData = {
      setData: (kind: string, text: string) => {
        held[kind] = text;
      },
      getData: (kind: string) => (kind === "text/plain" ? "Legal\tBo\r\n" : ""),
    };
    fireEvent.copy(grid, { clipboardData });
    expect(held["text/plain"]).toBe("Sales\tChen\r\nSales\tChen\r\n");
    expect(held["text/html"]).toContain("<td");
    fireEvent.paste(grid, { clipboardData });
    const block = { top: 0, left: 1, bottom: 1, right: 2 };
    expect(seen.onPaste).toHaveBeenCalledWith([["Legal", "Bo"]], block, [block]);
  });

  test("a click with Ctrl adds a block of its own, which keys extend, and a plain one lets go of all", async () => {
    const { grid, press, seen, handle, click } = await show();
    click(0, 1);
    click(4, 1, { ctrlKey: true });
    press("ArrowDown", { shiftKey: true });
    const blocks = [
      { top: 0, left: 1, bottom: 0, right: 1 },
      { top: 4, left: 1, bottom: 5, right: 1 },
    ];
    expect(handle.current?.blocks()).toEqual(blocks);
    const chosen = [...grid.querySelectorAll("[role=gridcell][aria-selected=true]")];
    expect(chosen.map((cell) => cell.parentElement?.getAttribute("aria-rowindex")).sort()).toEqual([
      "2",
      "6",
      "7",
    ]);
    press("Delete");
    expect(seen.onClear).toHaveBeenLastCalledWith(blocks[1], blocks);
    press(" ", { shiftKey: true });
    expect(seen.ticked).toHaveBeenLastCalledWith({ of: "some", ids: new Set([5000, 5004, 5005]) });
    click(0, 1, { ctrlKey: true });
    expect(handle.current?.blocks()).toEqual([blocks[1]]);
    click(0, 1, { ctrlKey: true });
    press("Escape");
    expect(handle.current?.blocks()).toEqual([blocks[0]]);
    click(4, 1, { ctrlKey: true });
    click(2, 2);
    expect(handle.current?.blocks()).toEqual([{ top: 2, left: 2, bottom: 2, right: 2 }]);
  });

  test("separate blocks are copied as one table where they make one, and refused where they don't", async () => {
    const { grid, seen, click } = await show();
    const held: Record<string, string> = {};
    const clipboardData = {
      setData: (kind: string, text: string) => {
        held[kind] = text;
      },
    };
    click(2, 1);
    click(0, 1, { ctrlKey: true });
    fireEvent.copy(grid, { clipboardData });
    expect(held["text/plain"]).toBe("Sales\r\nProduct\r\n");
    click(1, 2, { ctrlKey: true });
    delete held["text/plain"];
    fireEvent.copy(grid, { clipboardData });
    expect(held["text/plain"]).toBeUndefined();
    expect(seen.onCopyRefused).toHaveBeenCalledWith(3, true);
  });

  test("a table that is put up again stands where the last one stood", async () => {
    const { press, handle } = await show();
    press("End", { ctrlKey: true });
    press("ArrowUp");
    const place = handle.current?.place();
    press("Home", { ctrlKey: true });
    if (place) handle.current?.restore(place);
    expect(handle.current?.cursor()).toEqual({ row: ROWS - 2, column: 2 });
    expect(handle.current?.place()).toEqual(place);
  });

  test("a paste into a field outside the table is not the table's", async () => {
    const { seen } = await show();
    const field = document.createElement("input");
    document.body.append(field);
    field.focus();
    fireEvent.paste(field, { clipboardData: { getData: () => "text" } });
    expect(seen.onPaste).not.toHaveBeenCalled();
    field.remove();
  });

  test("makes the columns of the block as wide as what they show, by keys and on request", async () => {
    const { press, seen, handle } = await show();
    press("ArrowRight");
    press("ArrowRight", { shiftKey: true });
    press("w", { ctrlKey: true, shiftKey: true });
    expect([...(seen.onResize.mock.lastCall?.[0]?.keys() ?? [])], "the columns of the block").toEqual([1, 2]);
    act(() => handle.current?.fitWidths());
    expect([...(seen.onResize.mock.lastCall?.[0]?.keys() ?? [])], "all of them").toEqual([0, 1, 2]);
  });

  test("the cursor stays on its row through two changes of the list, though the rows at hand are late", async () => {
    const { handle, press } = await show();
    press("ArrowDown");
    const first = handle.current?.held();
    expect(first?.cursor, "the row under the cursor").toEqual({ index: 1, id: 5001 });
    if (!first) return;
    const second = { cursor: { index: 2, id: 5001 }, anchor: { index: 2, id: 5001 } };
    act(() => handle.current?.follow(first, second));
    expect(handle.current?.cursor().row).toBe(2);
    expect(
      handle.current?.held(),
      "another row still stands at this place in what is at hand, and is not taken for it",
    ).toEqual(second);
    act(() =>
      handle.current?.follow(first, { cursor: { index: 9, id: 5001 }, anchor: { index: 9, id: 5001 } }),
    );
    expect(handle.current?.cursor().row, "what was asked of an earlier place is out of date").toBe(2);
  });

  test("a block keeps both its ends on their rows", async () => {
    const { handle, press } = await show();
    press("ArrowDown");
    press("ArrowDown", { shiftKey: true });
    const held = handle.current?.held();
    if (!held) throw new Error("the cursor was placed");
    act(() =>
      handle.current?.follow(held, { cursor: { index: 7, id: 5002 }, anchor: { index: 1, id: 5001 } }),
    );
    expect(handle.current?.block()).toEqual({ top: 1, left: 0, bottom: 7, right: 0 });
  });

  test("a table nobody has touched holds nothing, and stays at its start", async () => {
    const { handle } = await show();
    expect(handle.current?.held()).toBeNull();
  });

  test("more rows than can be told of one by one are not ticked", async () => {
    const many = 1_000_000;
    const source = new RowCache<GridRow>(() => undefined);
    const load = vi.fn((start: number, len: number) =>
      Promise.resolve({ total: many, rows: Array.from({ length: len }, (_, at) => row(start + at)) }),
    );
    source.open(load, many);
    await act(async () => Promise.resolve());
    const { press, seen } = await show({ source });
    press("ArrowDown");
    press("ArrowDown", { ctrlKey: true, shiftKey: true });
    const before = load.mock.calls.length;
    press(" ", { shiftKey: true });
    expect(seen.onTicksRefused).toHaveBeenCalledWith(many - 1);
    expect(seen.ticked, "nothing is ticked").not.toHaveBeenCalled();
    expect(load.mock.calls.length - before, "nor is every row fetched to find that out").toBeLessThan(4);
  });
});
