/** Turns keys, pointer and clipboard into moves, selections and requests to the owner of the table. */

import { spokenState } from "./cells";
import { readClipboard, type TextBlock } from "./clipboard";
import { columnUnder, TICK_WIDTH } from "./columns";
import { copyBlocks, fetchRows, rowsAtHand } from "./copying";
import { type Bounds, type Cell, clampCell, moveCell, tabCell } from "./cursor";
import { intentOf } from "./keys";
import {
  ALL_TICKS,
  type Block,
  blockBetween,
  clipBlock,
  countRows,
  isInBlock,
  isOneCell,
  isTicked,
  mergeRows,
  NO_TICKS,
  type RowSpan,
  setTicks,
  type Ticks,
} from "./selection";
import type { GridRow } from "./types";
import type { GridView, Marks } from "./view";

/** What the table asks of its owner. */
export interface GridHandlers {
  onTicks: (ticks: Ticks) => void;
  /** The cursor stands on another cell; the row is undefined while it is on its way. */
  onCursor: (cell: Cell, row: GridRow | undefined) => void;
  onOpen: (row: GridRow) => void;
  /** `typed` is null when the value is to be changed rather than replaced. */
  onEdit: (cell: Cell, typed: string | null) => void;
  /** The block the cursor is in, and all that are chosen. */
  onClear: (block: Block, all: readonly Block[]) => void;
  /** The first row or column of the block goes to the rest; or the source goes to the target. */
  onFill: (source: Block, target: Block) => void;
  onPaste: (block: TextBlock, chosen: Block, all: readonly Block[]) => void;
  onMenu: (cell: Cell, at: { x: number; y: number }) => void;
  onEscape: () => void;
  /** More rows than a clipboard should hold, or they could not be read; or blocks `apart`, which make no rectangle. */
  onCopyRefused: (rows: number, apart: boolean) => void;
}

/** On a Mac, Control with a click is the menu. */
const ON_MAC = /^Mac/.test(navigator.platform);
const NO_BLOCKS: readonly Block[] = [];

/** Where a table stands: the cursor, and how far its row and the table's left end are from the view's corner. */
export interface Place {
  cursor: Cell;
  down: number;
  left: number;
}

export class GridController {
  readonly #view: GridView;
  readonly #scroller: HTMLElement;
  readonly #live: HTMLElement;
  #handlers: GridHandlers;
  #cursor: Cell = { row: 0, column: 0 };
  #anchor: Cell = { row: 0, column: 0 };
  /** Blocks chosen besides the one the cursor is in. */
  #others: readonly Block[] = NO_BLOCKS;
  #fill: Block | null = null;
  #editing = false;
  #lastTick: number | null = null;
  #drag: { kind: "cells" | "fill"; source: Block; x: number; y: number; frame: number } | null = null;
  #speech: ReturnType<typeof setTimeout> | undefined;
  #spoken: { row: number; column: number } = { row: -1, column: -1 };

  constructor(view: GridView, scroller: HTMLElement, live: HTMLElement, handlers: GridHandlers) {
    this.#view = view;
    this.#scroller = scroller;
    this.#live = live;
    this.#handlers = handlers;
  }

  set handlers(handlers: GridHandlers) {
    this.#handlers = handlers;
  }

  get cursor(): Cell {
    return this.#cursor;
  }

  get block(): Block {
    return blockBetween(this.#anchor, this.#cursor);
  }

  /** Every block that is chosen, the one the cursor is in last. */
  get blocks(): readonly Block[] {
    return [...this.#others, this.block];
  }

  get marks(): Marks {
    return {
      cursor: this.#cursor,
      block: this.block,
      others: this.#others,
      fill: this.#fill,
      editing: this.#editing,
    };
  }

  get #bounds(): Bounds {
    const { source, columns } = this.#view.scene;
    return { rows: source.total, columns: columns.length, page: this.#view.page };
  }

  set editing(editing: boolean) {
    this.#editing = editing;
    this.paint();
  }

  paint(): void {
    this.#view.paint(this.marks);
  }

  /** The table may have become smaller, or hold other rows. */
  settle(): void {
    this.#cursor = clampCell(this.#cursor, this.#bounds);
    this.#anchor = clampCell(this.#anchor, this.#bounds);
    if (this.#others.length > 0) {
      this.#others = this.#others.flatMap((block) => clipBlock(block, this.#bounds) ?? []);
    }
    this.paint();
  }

  moveTo(cell: Cell, extend = false): void {
    this.#cursor = clampCell(cell, this.#bounds);
    if (!extend) this.#setOut();
    this.#view.reveal(this.#cursor);
    this.paint();
    this.#tellCursor();
  }

  /** Where the cursor is, and nothing else, is chosen. */
  #setOut(): void {
    this.#anchor = this.#cursor;
    this.#others = NO_BLOCKS;
  }

  /** A block of its own begins here, beside those there are; a cell chosen by itself is let go again. */
  #addBlock(cell: Cell): void {
    const again = this.#others.find((block) => isOneCell(block) && isInBlock(block, cell.row, cell.column));
    if (again) {
      this.#others = this.#others.filter((block) => block !== again);
      this.paint();
      return;
    }
    this.#others = this.blocks;
    this.#anchor = clampCell(cell, this.#bounds);
    this.moveTo(cell, true);
  }

  /** As `moveTo`, with the row in the middle when it was out of view. */
  bring(cell: Cell): void {
    this.#view.centre(cell.row);
    this.moveTo(cell);
  }

  get place(): Place {
    return { cursor: this.#cursor, ...this.#view.offsetOf(this.#cursor.row) };
  }

  /** Back to where a table stood that was taken down since. */
  restore({ cursor, down, left }: Place): void {
    this.#cursor = clampCell(cursor, this.#bounds);
    this.#setOut();
    this.#view.putAt(this.#cursor.row, { down, left });
    this.paint();
  }

  /** The cursor's row now stands elsewhere: cursor and view go with it. */
  shift(rows: number): void {
    this.#cursor = clampCell({ ...this.#cursor, row: this.#cursor.row + rows }, this.#bounds);
    this.#anchor = clampCell({ ...this.#anchor, row: this.#anchor.row + rows }, this.#bounds);
    this.#others = this.#others.map((block) => ({
      ...block,
      top: block.top + rows,
      bottom: block.bottom + rows,
    }));
    this.#view.shift(rows);
    this.paint();
  }

  toStart(): void {
    this.#view.toStart();
    this.#cursor = { row: 0, column: this.#cursor.column };
    this.#setOut();
    this.settle();
  }

  /** After an edit: where the cursor goes. */
  step(exit: "commitDown" | "commitUp" | "commitNext" | "commitBack" | "cancel" | "stay"): void {
    if (exit === "commitDown") this.moveTo(moveCell(this.#cursor, "down", this.#bounds));
    else if (exit === "commitUp") this.moveTo(moveCell(this.#cursor, "up", this.#bounds));
    else if (exit === "commitNext") this.moveTo(tabCell(this.#cursor, false, this.#bounds) ?? this.#cursor);
    else if (exit === "commitBack") this.moveTo(tabCell(this.#cursor, true, this.#bounds) ?? this.#cursor);
  }

  listen(): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    const scroller = this.#scroller;
    scroller.addEventListener("scroll", () => this.#view.scrolled(), { signal, passive: true });
    scroller.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    scroller.addEventListener("keydown", (event) => this.#key(event), { signal });
    scroller.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    scroller.addEventListener("pointermove", (event) => this.#dragTo(event.clientX, event.clientY), {
      signal,
    });
    scroller.addEventListener("pointerup", () => this.#release(), { signal });
    scroller.addEventListener("pointercancel", () => this.#release(), { signal });
    scroller.addEventListener("dblclick", (event) => this.#doublePress(event), { signal });
    scroller.addEventListener("contextmenu", (event) => this.#contextMenu(event), { signal });
    scroller.addEventListener("focus", () => this.#say(), { signal });
    // Clipboard events reach the focused element in Blink and the document in WebKit.
    document.addEventListener("copy", (event) => this.#copy(event), { signal });
    document.addEventListener("paste", (event) => this.#paste(event), { signal });
    // WebKit sends them without a text selection only when somebody says they are wanted.
    for (const name of ["beforecopy", "beforepaste"]) {
      document.addEventListener(name, (event) => this.#focused && event.preventDefault(), { signal });
    }
    return () => {
      stop.abort();
      clearTimeout(this.#speech);
      if (this.#drag) cancelAnimationFrame(this.#drag.frame);
    };
  }

  get #focused(): boolean {
    return document.activeElement === this.#scroller;
  }

  #wheel(event: WheelEvent): void {
    if (event.ctrlKey || event.shiftKey) return;
    if (this.#view.wheel(event.deltaY, event.deltaMode)) {
      event.preventDefault();
      if (event.deltaX !== 0) this.#scroller.scrollLeft += event.deltaX;
    }
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.#scroller || event.defaultPrevented) return;
    // An input method is composing: an open editor gives it somewhere to write.
    if (event.isComposing || event.key === "Process" || event.keyCode === 229) {
      this.#handlers.onEdit(this.#cursor, "");
      return;
    }
    const intent = intentOf({
      key: event.key,
      command: event.ctrlKey || event.metaKey,
      shift: event.shiftKey,
      alt: event.altKey,
    });
    if (!intent) return;
    if (intent.do === "tab") {
      const next = tabCell(this.#cursor, intent.back, this.#bounds);
      if (!next) return;
      event.preventDefault();
      this.moveTo(next);
      return;
    }
    event.preventDefault();
    const { source } = this.#view.scene;
    const row = source.row(this.#cursor.row);
    switch (intent.do) {
      case "move":
        this.moveTo(moveCell(this.#cursor, intent.move, this.#bounds), intent.extend);
        break;
      case "edit":
        this.#handlers.onEdit(this.#cursor, null);
        break;
      case "type":
        this.#handlers.onEdit(this.#cursor, intent.text);
        break;
      case "clear":
        if (source.total > 0) this.#handlers.onClear(this.block, this.blocks);
        break;
      case "open":
        if (row) this.#handlers.onOpen(row);
        break;
      case "tick":
        this.#tickRows(mergeRows(this.blocks), row ? !isTicked(this.#view.scene.ticks, row.id) : true);
        break;
      case "selectAll":
        this.#handlers.onTicks(ALL_TICKS);
        break;
      case "selectColumn":
        this.#others = NO_BLOCKS;
        this.#anchor = { row: 0, column: this.#cursor.column };
        this.#cursor = { row: Math.max(0, source.total - 1), column: this.#cursor.column };
        this.paint();
        break;
      case "fillDown":
        for (const block of this.blocks) this.#fillFrom("down", block);
        break;
      case "fillRight":
        for (const block of this.blocks) this.#fillFrom("right", block);
        break;
      case "menu":
        this.#menuAtCursor();
        break;
      case "escape":
        this.#escape();
        break;
    }
  }

  /** One thing at a time: the block, then the ticks, then what the owner has open. */
  #escape(): void {
    if (!isOneCell(this.block) || this.#others.length > 0) {
      this.#setOut();
      this.paint();
    } else if (this.#view.scene.ticks !== NO_TICKS) {
      this.#handlers.onTicks(NO_TICKS);
    } else {
      this.#handlers.onEscape();
    }
  }

  #fillFrom(way: "down" | "right", block: Block): void {
    const { top, left, bottom, right } = block;
    if (way === "down" && bottom > top) {
      this.#handlers.onFill({ top, left, bottom: top, right }, { top: top + 1, left, bottom, right });
    } else if (way === "right" && right > left) {
      this.#handlers.onFill({ top, left, bottom, right: left }, { top, left: left + 1, bottom, right });
    } else if (way === "down" && top > 0 && bottom === top) {
      // As in Excel: with no block, the cell above is copied.
      this.#handlers.onFill({ top: top - 1, left, bottom: top - 1, right }, block);
    }
  }

  #cellAt(event: MouseEvent): Cell {
    return {
      row: this.#view.rowAt(event.clientY),
      column: columnUnder(this.#view.scene.layout, this.#scroller.scrollLeft, this.#view.xIn(event.clientX)),
    };
  }

  #isOnRows(event: MouseEvent): boolean {
    return event.target instanceof Element && event.target.closest("[data-rows]") !== null;
  }

  #press(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest("[data-handle]") && event.button === 0) {
      this.#beginDrag("fill", event);
      return;
    }
    if (!this.#isOnRows(event) || this.#view.scene.source.total === 0) return;
    this.#scroller.focus({ preventScroll: true });
    const cell = this.#cellAt(event);
    const command = ON_MAC ? event.metaKey : event.ctrlKey;
    if (event.button === 2 || (ON_MAC && event.ctrlKey)) {
      if (!this.blocks.some((block) => isInBlock(block, cell.row, cell.column))) this.moveTo(cell);
      return;
    }
    if (event.button !== 0) return;
    event.preventDefault();
    if (this.#view.xIn(event.clientX) < TICK_WIDTH) {
      this.#tickPressed(cell.row, event.shiftKey);
      return;
    }
    if (command && !event.shiftKey) {
      this.#addBlock(cell);
      this.#beginDrag("cells", event);
      return;
    }
    this.moveTo(cell, event.shiftKey);
    const row = this.#view.scene.source.row(cell.row);
    if (row && !event.shiftKey && event.target instanceof Element && event.target.closest("[data-link]")) {
      this.#handlers.onOpen(row);
      return;
    }
    this.#beginDrag("cells", event);
  }

  #beginDrag(kind: "cells" | "fill", event: PointerEvent): void {
    event.preventDefault();
    this.#scroller.setPointerCapture(event.pointerId);
    this.#drag = { kind, source: this.block, x: event.clientX, y: event.clientY, frame: 0 };
  }

  #dragTo(x: number, y: number): void {
    const drag = this.#drag;
    if (!drag) return;
    if (Math.abs(x - drag.x) + Math.abs(y - drag.y) < 3 && drag.frame === 0) return;
    drag.x = x;
    drag.y = y;
    this.#dragStep();
  }

  #dragStep = (): void => {
    const drag = this.#drag;
    if (!drag) return;
    cancelAnimationFrame(drag.frame);
    drag.frame = 0;
    const outside = this.#view.outside(drag.y);
    if (outside !== 0) {
      // Past the edge the table scrolls by itself, the faster the further out.
      this.#view.scrollBy(outside / 3);
      drag.frame = requestAnimationFrame(this.#dragStep);
    }
    const row = this.#view.rowAt(drag.y);
    if (drag.kind === "fill") {
      const { source } = drag;
      this.#fill =
        row > source.bottom ? { ...source, bottom: row } : row < source.top ? { ...source, top: row } : null;
    } else {
      const column = columnUnder(this.#view.scene.layout, this.#scroller.scrollLeft, this.#view.xIn(drag.x));
      this.#cursor = clampCell({ row, column }, this.#bounds);
    }
    this.paint();
  };

  #release(): void {
    const drag = this.#drag;
    if (!drag) return;
    cancelAnimationFrame(drag.frame);
    this.#drag = null;
    if (drag.kind === "fill") {
      const whole = this.#fill;
      this.#fill = null;
      if (whole) {
        const { source } = drag;
        const target =
          whole.bottom > source.bottom
            ? { ...source, top: source.bottom + 1, bottom: whole.bottom }
            : { ...source, top: whole.top, bottom: source.top - 1 };
        this.#others = NO_BLOCKS;
        this.#anchor = { row: whole.top, column: whole.left };
        this.#cursor = { row: whole.bottom, column: whole.right };
        this.#handlers.onFill(source, target);
      }
      this.paint();
      return;
    }
    this.#tellCursor();
  }

  #doublePress(event: MouseEvent): void {
    // A captured pointer's clicks arrive at the scroller itself, not at the cell.
    const onRows =
      this.#isOnRows(event) || (event.target === this.#scroller && this.#view.outside(event.clientY) === 0);
    if (!onRows || this.#view.xIn(event.clientX) < TICK_WIDTH) return;
    event.preventDefault();
    this.#handlers.onEdit(this.#cursor, null);
  }

  #contextMenu(event: MouseEvent): void {
    if (!this.#isOnRows(event)) return;
    event.preventDefault();
    this.#handlers.onMenu(this.#cursor, { x: event.clientX, y: event.clientY });
  }

  #menuAtCursor(): void {
    const box = this.#view.rectOf(this.#cursor);
    this.#handlers.onMenu(this.#cursor, { x: box.left + 12, y: box.bottom });
  }

  #tickPressed(row: number, extend: boolean): void {
    const { source, ticks } = this.#view.scene;
    const pressed = source.row(row);
    const last = this.#lastTick;
    this.#lastTick = row;
    this.#cursor = { row, column: this.#cursor.column };
    this.#setOut();
    if (extend && last !== null)
      this.#tickRows([{ first: Math.min(row, last), last: Math.max(row, last) }], true);
    else if (pressed) this.#handlers.onTicks(setTicks(ticks, [pressed.id], !isTicked(ticks, pressed.id)));
    this.#tellCursor();
  }

  /** Rows that were never on screen are asked for by id first. */
  #tickRows(spans: readonly RowSpan[], on: boolean): void {
    const { source } = this.#view.scene;
    if (countRows(spans) === source.total) {
      this.#handlers.onTicks(on ? ALL_TICKS : NO_TICKS);
      return;
    }
    const tick = (rows: readonly GridRow[]) =>
      this.#handlers.onTicks(
        setTicks(
          this.#view.scene.ticks,
          rows.map((one) => one.id),
          on,
        ),
      );
    const here = rowsAtHand(source, spans);
    if (here) tick(here);
    else void fetchRows(source, spans).then(tick);
  }

  #copy(event: ClipboardEvent): void {
    if (!this.#focused || !event.clipboardData) return;
    const blocks = this.blocks.flatMap((block) => clipBlock(block, this.#bounds) ?? []);
    if (blocks.length === 0) return;
    event.preventDefault();
    const { source, columns } = this.#view.scene;
    copyBlocks(event.clipboardData, blocks, source, columns, {
      copied: (rows) => {
        this.#live.textContent = rows === 1 ? "Copied" : `Copied ${rows} rows`;
      },
      refused: this.#handlers.onCopyRefused,
    });
  }

  #paste(event: ClipboardEvent): void {
    if (!this.#focused || !event.clipboardData) return;
    const texts = readClipboard(
      event.clipboardData.getData("text/plain"),
      event.clipboardData.getData("text/html"),
      new DOMParser(),
    );
    const chosen = clipBlock(this.block, this.#bounds);
    if (!texts || !chosen) return;
    event.preventDefault();
    this.#handlers.onPaste(texts, chosen, this.blocks);
  }

  #tellCursor(): void {
    const row = this.#view.scene.source.row(this.#cursor.row);
    this.#handlers.onCursor(this.#cursor, row);
    this.#say();
  }

  /** Says column, value and state, and the row when it is another one; held keys say only where they end. */
  #say(): void {
    clearTimeout(this.#speech);
    this.#speech = setTimeout(() => {
      if (!this.#focused) return;
      const { row: at, column: number } = this.#cursor;
      const { source, columns } = this.#view.scene;
      const row = source.row(at);
      const column = columns[number];
      if (!row || !column) return;
      const words = [`${column.title}, ${spokenState(row.cells[column.id] ?? { text: "" })}`];
      if (this.#spoken.row !== row.id) words.unshift(row.label);
      if (isTicked(this.#view.scene.ticks, row.id)) words.push("selected");
      if (row.tone === "removed") words.push("to be deleted");
      this.#spoken = { row: row.id, column: number };
      this.#live.textContent = words.join(". ");
    }, 120);
  }
}
