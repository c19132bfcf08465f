/** Turns keys, pointer and clipboard into moves, selections and requests to the owner of the table. */

import { Chosen } from "./chosen";
import { readClipboard, type TextBlock } from "./clipboard";
import { copyBlocks, fetchRows, rowsAtHand } from "./copying";
import { type Bounds, type Cell, clampCell, moveCell, tabCell } from "./cursor";
import { intentOf } from "./keys";
import { GridPointer, ON_MAC } from "./pointer";
import {
  ALL_TICKS,
  type Block,
  clipBlock,
  countRows,
  isTicked,
  mergeRows,
  NO_TICKS,
  type RowSpan,
  setTicks,
  type Ticks,
} from "./selection";
import { Speech } from "./speech";
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
  /** The columns of what is chosen are to be as wide as what they show. */
  onFit: (columns: readonly number[]) => void;
  /** More rows than a clipboard should hold, or they could not be read; or blocks `apart`, which make no rectangle. */
  onCopyRefused: (rows: number, apart: boolean) => void;
  /** More rows than are ticked one by one, or they could not be read. */
  onTicksRefused: (rows: number) => void;
}

/** More rows than this are not ticked one by one: each would be told of by itself ever after. */
export const MOST_TICKED = 20_000;

/** A row and where it stands; `id` is null where nobody knows which row it is. */
export interface HeldRow {
  index: number;
  id: number | null;
}

/** The rows that stay chosen however the list changes: the cursor's, and the one where its block begins. */
export interface Held {
  cursor: HeldRow;
  anchor: HeldRow;
}

/** Where a table stands: the cursor, and how far its row and the table's left end are from the view's corner. */
export interface Place {
  cursor: Cell;
  down: number;
  left: number;
}

export class GridController {
  readonly #view: GridView;
  readonly #scroller: HTMLElement;
  readonly #chosen = new Chosen();
  readonly #pointer: GridPointer;
  readonly #speech: Speech;
  #handlers: GridHandlers;
  #editing = false;
  #lastTick: number | null = null;
  /** Somebody put the cursor where it is: in a table nobody has touched it stays at the top. */
  #placed = false;
  /** What rows the last `follow` went to, as the rows at hand may still be those of before. */
  #held: Held | null = null;

  constructor(view: GridView, scroller: HTMLElement, live: HTMLElement, handlers: GridHandlers) {
    this.#view = view;
    this.#scroller = scroller;
    this.#handlers = handlers;
    this.#speech = new Speech(view, live);
    this.#pointer = new GridPointer(view, scroller, this.#chosen, {
      moveTo: (cell, extend) => this.moveTo(cell, extend),
      addBlock: (cell) => this.#addBlock(cell),
      tick: (row, extend) => this.#tickPressed(row, extend),
      paint: () => this.paint(),
      settled: () => this.#tellCursor(),
      fill: (source, target) => this.#handlers.onFill(source, target),
      open: (row) => this.#handlers.onOpen(row),
      edit: () => this.#edit(null),
      menu: (at) => this.#handlers.onMenu(this.cursor, at),
    });
  }

  set handlers(handlers: GridHandlers) {
    this.#handlers = handlers;
  }

  get cursor(): Cell {
    return this.#chosen.cursor;
  }

  get block(): Block {
    return this.#chosen.block;
  }

  /** Every block that is chosen, the one the cursor is in last. */
  get blocks(): readonly Block[] {
    return this.#chosen.blocks;
  }

  get marks(): Marks {
    return {
      cursor: this.cursor,
      block: this.block,
      others: this.#chosen.others,
      fill: this.#pointer.fill,
      editing: this.#editing,
    };
  }

  get #bounds(): Bounds {
    return this.#view.bounds;
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
    this.#chosen.settle(this.#bounds);
    this.paint();
  }

  moveTo(cell: Cell, extend = false): void {
    this.#placed = true;
    this.#chosen.cursor = clampCell(cell, this.#bounds);
    if (!extend) this.#chosen.setOut();
    this.#view.reveal(this.cursor);
    this.paint();
    this.#tellCursor();
  }

  #addBlock(cell: Cell): void {
    if (this.#chosen.add(clampCell(cell, this.#bounds))) this.moveTo(cell, true);
    else this.paint();
  }

  /** As `moveTo`, with the row in the middle when it was out of view. */
  bring(cell: Cell): void {
    this.#view.centre(cell.row);
    this.moveTo(cell);
  }

  get place(): Place {
    return { cursor: this.cursor, ...this.#view.offsetOf(this.cursor.row) };
  }

  /** Back to where a table stood that was taken down since. */
  restore({ cursor, down, left }: Place): void {
    this.#placed = true;
    this.#held = null;
    this.#chosen.cursor = clampCell(cursor, this.#bounds);
    this.#chosen.setOut();
    this.#view.putAt(this.cursor.row, { down, left });
    this.paint();
  }

  /** Null in a table that nobody has touched. */
  get held(): Held | null {
    if (!this.#placed) return null;
    const { source } = this.#view.scene;
    const heldAt = (index: number): HeldRow => {
      const known = [this.#held?.cursor, this.#held?.anchor].find((one) => one?.index === index);
      return { index, id: known?.id ?? source.row(index)?.id ?? null };
    };
    return { cursor: heldAt(this.#chosen.cursor.row), anchor: heldAt(this.#chosen.anchor.row) };
  }

  /** The held rows now stand here: cursor, block and view go with them, unless the cursor was moved meanwhile. */
  follow(from: Held, to: Held): void {
    const { cursor, anchor } = this.#chosen;
    if (cursor.row !== from.cursor.index || anchor.row !== from.anchor.index) return;
    this.#held = to;
    this.#chosen.move({ cursor: to.cursor.index, anchor: to.anchor.index }, this.#bounds);
    this.#view.shift(to.cursor.index - from.cursor.index);
    this.paint();
  }

  toStart(): void {
    this.#placed = false;
    this.#held = null;
    this.#view.toStart();
    this.#chosen.cursor = { row: 0, column: this.cursor.column };
    this.#chosen.setOut();
    this.settle();
  }

  /** After an edit: where the cursor goes. */
  step(exit: "commitDown" | "commitUp" | "commitNext" | "commitBack" | "cancel" | "stay"): void {
    if (exit === "commitDown") this.moveTo(moveCell(this.cursor, "down", this.#bounds));
    else if (exit === "commitUp") this.moveTo(moveCell(this.cursor, "up", this.#bounds));
    else if (exit === "commitNext") this.moveTo(tabCell(this.cursor, false, this.#bounds) ?? this.cursor);
    else if (exit === "commitBack") this.moveTo(tabCell(this.cursor, true, this.#bounds) ?? this.cursor);
  }

  listen(): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    const scroller = this.#scroller;
    this.#pointer.listen(signal);
    scroller.addEventListener("scroll", () => this.#view.scrolled(), { signal, passive: true });
    scroller.addEventListener("keydown", (event) => this.#key(event), { signal });
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
      this.#speech.stop();
    };
  }

  /** Where it can be seen. */
  #edit(typed: string | null): void {
    this.#view.reveal(this.cursor);
    this.#handlers.onEdit(this.cursor, typed);
  }

  get #focused(): boolean {
    return document.activeElement === this.#scroller;
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.#scroller || event.defaultPrevented) return;
    // An input method is composing: an open editor gives it somewhere to write.
    if (event.isComposing || event.key === "Process" || event.keyCode === 229) {
      this.#edit("");
      return;
    }
    const intent = intentOf(
      { key: event.key, command: event.ctrlKey || event.metaKey, shift: event.shiftKey, alt: event.altKey },
      ON_MAC,
    );
    if (!intent) return;
    if (intent.do === "tab") {
      const next = tabCell(this.cursor, intent.back, this.#bounds);
      if (!next) return;
      event.preventDefault();
      this.moveTo(next);
      return;
    }
    event.preventDefault();
    const { source } = this.#view.scene;
    const row = source.row(this.cursor.row);
    switch (intent.do) {
      case "move":
        this.moveTo(moveCell(this.cursor, intent.move, this.#bounds), intent.extend);
        break;
      case "edit":
        this.#edit(null);
        break;
      case "type":
        this.#edit(intent.text);
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
        this.#chosen.only(
          { row: 0, column: this.cursor.column },
          { row: Math.max(0, source.total - 1), column: this.cursor.column },
        );
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
      case "fit":
        this.fitChosen();
        break;
      case "escape":
        this.#escape();
        break;
    }
  }

  /** One thing at a time: the block, then the ticks, then what the owner has open. */
  #escape(): void {
    if (!this.#chosen.isOneCell) {
      this.#chosen.setOut();
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

  #menuAtCursor(): void {
    const box = this.#view.rectOf(this.cursor);
    this.#handlers.onMenu(this.cursor, { x: box.left + 12, y: box.bottom });
  }

  #tickPressed(row: number, extend: boolean): void {
    const { source, ticks } = this.#view.scene;
    const pressed = source.row(row);
    const last = this.#lastTick;
    this.#lastTick = row;
    this.#placed = true;
    this.#chosen.cursor = { row, column: this.cursor.column };
    this.#chosen.setOut();
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
    const count = countRows(spans);
    if (here) tick(here);
    else if (count > MOST_TICKED) this.#handlers.onTicksRefused(count);
    else fetchRows(source, spans).then(tick, () => this.#handlers.onTicksRefused(count));
  }

  #copy(event: ClipboardEvent): void {
    if (!this.#focused || !event.clipboardData) return;
    const blocks = this.blocks.flatMap((block) => clipBlock(block, this.#bounds) ?? []);
    if (blocks.length === 0) return;
    event.preventDefault();
    const { source, columns } = this.#view.scene;
    copyBlocks(event.clipboardData, blocks, source, columns, {
      copied: (rows) => {
        this.#speech.tell(rows === 1 ? "Copied" : `Copied ${rows} rows`);
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
    const row = this.#view.scene.source.row(this.cursor.row);
    this.#handlers.onCursor(this.cursor, row);
    this.#say();
  }

  #say(): void {
    this.#speech.say(() => (this.#focused ? this.cursor : null));
  }

  /** The columns of what is chosen become as wide as what they show. */
  fitChosen(): void {
    const { columns } = this.#view.scene;
    const within = (at: number) => this.blocks.some(({ left, right }) => at >= left && at <= right);
    this.#handlers.onFit(columns.filter((_, at) => within(at)).map((column) => column.id));
  }
}
