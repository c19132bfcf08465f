/**
 * Paints the rows in view, outside React: a pool of row elements is moved and refilled as the table
 * scrolls, and only what differs is touched. Scroll, cursor and selection never wait for a render.
 */

import { fillCell, makeBar } from "./cells";
import { columnsInView, type Layout, revealColumn, TICK_WIDTH } from "./columns";
import type { Bounds, Cell } from "./cursor";
import styles from "./grid.module.css";
import {
  clampTop,
  type Extent,
  isCapped,
  longestSpacer,
  reveal,
  rowsAt,
  rowsInView,
  rowUnder,
  scrollOfTop,
  spacerHeight,
  TALLER_THAN_ANY,
  topOfScroll,
  wheelPixels,
} from "./scroller";
import { type Block, isInBlock, isOneCell, isTicked, type Ticks } from "./selection";
import type { CellView, GridColumn, GridRow, RowSource } from "./types";

export const HEADER_HEIGHT = 30;

/** Rows painted beyond the view on both sides, so that a wheel step finds them ready. */
const SPARE_ROWS = 3;
/** Rows fetched beyond the view. */
const AHEAD_ROWS = 24;
/** Row positions are kept near this many rows of zero: transforms are single floats. */
const FAR = 50_000;

export interface Parts {
  scroller: HTMLElement;
  canvas: HTMLElement;
  stage: HTMLElement;
  rows: HTMLElement;
  handle: HTMLElement;
  /** Where the open editor stands. */
  editor: HTMLElement;
}

export interface Scene {
  id: string;
  columns: readonly GridColumn[];
  layout: Layout;
  source: RowSource;
  ticks: Ticks;
  rowHeight: number;
  /** The row shown beside the table, by id. */
  openRow: number | null;
  /** Room below the last row, CSS pixels. */
  tail: number;
}

export interface Marks {
  cursor: Cell;
  block: Block;
  /** Blocks chosen besides it. */
  others: readonly Block[];
  fill: Block | null;
  editing: boolean;
}

interface CellSlot {
  element: HTMLDivElement;
  view: CellView | null | undefined;
  column: GridColumn | null;
  className: string;
  width: number;
  margin: number;
}

interface RowSlot {
  element: HTMLDivElement;
  box: HTMLSpanElement;
  cells: CellSlot[];
  index: number;
  place: number;
  className: string;
  label: string | null;
  ticked: boolean | null;
}

export class GridView {
  readonly #parts: Parts;
  #scene: Scene;
  #marks: Marks = {
    cursor: { row: 0, column: 0 },
    block: { top: 0, left: 0, bottom: 0, right: 0 },
    others: [],
    fill: null,
    editing: false,
  };
  #slots = new Map<number, RowSlot>();
  #free: RowSlot[] = [];
  #top = 0;
  #base = 0;
  #width = 0;
  #height = 0;
  #spacer = -1;
  #cap = longestSpacer(1);
  // Kept here, as asking the element in the middle of a paint makes the browser lay the page out.
  #scrollTop = 0;
  #scrollLeft = 0;
  #headingsLeft = 0;
  #markedCell: HTMLElement | null = null;
  #rowCount = -1;
  #begun = false;

  constructor(parts: Parts, scene: Scene) {
    this.#parts = parts;
    this.#scene = scene;
  }

  get scene(): Scene {
    return this.#scene;
  }

  get extent(): Extent {
    return {
      rows: this.#scene.source.total,
      rowHeight: this.#scene.rowHeight,
      view: Math.max(this.#scene.rowHeight, this.#height),
      cap: this.#cap,
      tail: this.#scene.tail,
    };
  }

  get bounds(): Bounds {
    const { source, columns } = this.#scene;
    return { rows: source.total, columns: columns.length, page: this.page };
  }

  get page(): number {
    return rowsInView(this.extent);
  }

  get rowsShown(): { first: number; end: number } {
    return rowsAt(this.extent, this.#top);
  }

  show(scene: Scene, marks: Marks): void {
    // Another row height keeps the first row where it is.
    if (scene.rowHeight !== this.#scene.rowHeight) {
      this.#top = (this.#top / this.#scene.rowHeight) * scene.rowHeight;
    }
    this.#scene = scene;
    this.paint(marks);
  }

  measure(): void {
    this.#width = this.#parts.scroller.clientWidth;
    this.#height = Math.max(0, this.#parts.scroller.clientHeight - HEADER_HEIGHT);
    this.#cap = longestSpacer(window.devicePixelRatio, tallestIn(this.#parts.stage));
    this.#spacer = -1;
  }

  scrolled(): void {
    this.#scrollTop = this.#parts.scroller.scrollTop;
    this.#scrollLeft = this.#parts.scroller.scrollLeft;
    this.#top = topOfScroll(this.extent, this.#scrollTop, this.#top);
    this.paint(this.#marks);
  }

  /** True when the wheel was used; short tables scroll as the system likes. */
  wheel(delta: number, mode: number): boolean {
    const extent = this.extent;
    if (!isCapped(extent) || delta === 0) return false;
    this.#moveTop(clampTop(extent, this.#top + wheelPixels(extent, delta, mode)));
    this.paint(this.#marks);
    return true;
  }

  /** Rows came in above: what is in view stays in view. */
  shift(rows: number): void {
    this.#moveTop(this.#top + rows * this.#scene.rowHeight);
  }

  toStart(): void {
    this.#moveTop(0);
  }

  reveal(cell: Cell): void {
    this.#moveTop(reveal(this.extent, this.#top, cell.row));
    const left = revealColumn(this.#scene.layout, this.#scrollLeft, this.#width, cell.column);
    if (left === this.#scrollLeft) return;
    this.#parts.scroller.scrollLeft = left;
    this.#scrollLeft = this.#parts.scroller.scrollLeft;
  }

  /** How far a row's upper edge is from that of the view, and the table from its left end. CSS pixels. */
  offsetOf(row: number): { down: number; left: number } {
    return { down: row * this.#scene.rowHeight - this.#top, left: this.#scrollLeft };
  }

  /** Puts a row where `offsetOf` said it was. */
  putAt(row: number, { down, left }: { down: number; left: number }): void {
    this.#moveTop(row * this.#scene.rowHeight - down);
    this.#parts.scroller.scrollLeft = left;
    this.#scrollLeft = this.#parts.scroller.scrollLeft;
  }

  /** Brings a row to the middle when it is out of view. */
  centre(row: number): void {
    const { first, end } = this.rowsShown;
    if (row > first && row < end - 1) return;
    this.#moveTop(row * this.#scene.rowHeight - this.#height / 2);
  }

  /** Where a cell is, measured in the window; also when it is out of view. */
  rectOf(cell: Cell): DOMRect {
    const stage = this.#parts.stage.getBoundingClientRect();
    const { left, top, width, height } = this.#boxOf(cell);
    return new DOMRect(stage.left + left, stage.top + top, width, height);
  }

  rowAt(clientY: number): number {
    const stage = this.#parts.stage.getBoundingClientRect();
    return rowUnder(this.extent, this.#top, clientY - stage.top);
  }

  xIn(clientX: number): number {
    return clientX - this.#parts.scroller.getBoundingClientRect().left;
  }

  /** How far a point is above (negative) or below the rows, CSS pixels. */
  outside(clientY: number): number {
    const { top, bottom } = this.#parts.stage.getBoundingClientRect();
    if (clientY < top) return clientY - top;
    return clientY > bottom ? clientY - bottom : 0;
  }

  scrollBy(pixels: number): void {
    this.#moveTop(this.#top + pixels);
  }

  paint(marks: Marks): void {
    this.#marks = marks;
    const { parts, scene } = { parts: this.#parts, scene: this.#scene };
    const extent = this.extent;
    this.#top = clampTop(extent, this.#top);
    const spacer = spacerHeight(extent);
    if (spacer !== this.#spacer) {
      this.#spacer = spacer;
      parts.canvas.style.height = `${HEADER_HEIGHT + spacer}px`;
      parts.stage.style.height = `${this.#height}px`;
      // A shorter spacer moves the scrollbar by itself.
      this.#scrollTop = parts.scroller.scrollTop;
      this.#moveTop(this.#top);
    }
    const shown = rowsAt(extent, this.#top, SPARE_ROWS);
    const inView = columnsInView(scene.layout, this.#scrollLeft, this.#width);
    if (Math.abs(shown.first - this.#base) > FAR) this.#base = shown.first;

    for (const [index, slot] of this.#slots) {
      if (index < shown.first || index >= shown.end) {
        this.#slots.delete(index);
        this.#free.push(slot);
      }
    }
    this.#markedCell = null;
    for (let index = shown.first; index < shown.end; index += 1) {
      let slot = this.#slots.get(index);
      if (!slot) {
        slot = this.#free.pop() ?? this.#makeRow();
        this.#slots.set(index, slot);
      }
      this.#paintRow(slot, index, inView);
    }
    for (const slot of this.#free) {
      if (slot.place !== -1) {
        slot.element.hidden = true;
        slot.place = -1;
      }
    }
    if (this.#headingsLeft !== this.#scrollLeft) {
      this.#headingsLeft = this.#scrollLeft;
      parts.canvas.style.setProperty("--grid-aside", `${this.#scrollLeft}px`);
    }
    parts.rows.style.transform = `translateY(${this.#base * scene.rowHeight - this.#top}px)`;
    if (this.#rowCount !== extent.rows) {
      this.#rowCount = extent.rows;
      // The heading is a row too.
      parts.scroller.setAttribute("aria-rowcount", String(extent.rows + 1));
    }
    this.#placeOverlays();
    this.#markActive((this.#markedCell as HTMLElement | null)?.id ?? null);

    const wanted = rowsAt(extent, this.#top, AHEAD_ROWS);
    scene.source.want(wanted.first, wanted.end);
    if (!this.#begun && scene.source.row(shown.first)) {
      this.#begun = true;
      markFirstRows();
    }
  }

  #moveTop(top: number): void {
    const extent = this.extent;
    this.#top = clampTop(extent, top);
    const scroll = scrollOfTop(extent, this.#top);
    if (Math.abs(this.#scrollTop - scroll) < 0.5) return;
    this.#parts.scroller.scrollTop = scroll;
    this.#scrollTop = scroll;
  }

  #boxOf(cell: Cell): { left: number; top: number; width: number; height: number } {
    const place = this.#scene.layout.places[cell.column];
    const aside = cell.column < this.#scene.layout.pinned ? 0 : this.#scrollLeft;
    return {
      left: (place?.left ?? TICK_WIDTH) - aside,
      top: cell.row * this.#scene.rowHeight - this.#top,
      width: place?.width ?? 0,
      height: this.#scene.rowHeight,
    };
  }

  #markActive(id: string | null): void {
    const { scroller } = this.#parts;
    if (scroller.getAttribute("aria-activedescendant") === id) return;
    if (id === null) scroller.removeAttribute("aria-activedescendant");
    else scroller.setAttribute("aria-activedescendant", id);
  }

  #placeOverlays(): void {
    const { handle, editor } = this.#parts;
    const { block, others, cursor, fill, editing } = this.#marks;
    if (editing) {
      const box = this.#boxOf(cursor);
      editor.style.transform = `translate(${box.left}px, ${box.top}px)`;
      editor.style.width = `${box.width}px`;
      editor.style.height = `${box.height}px`;
    }
    const whole = fill ?? block;
    const corner = this.#boxOf({ row: whole.bottom, column: whole.right });
    const usable =
      !editing &&
      others.length === 0 &&
      this.#scene.columns[block.right]?.editable === true &&
      this.#scene.source.total > 0;
    if (handle.hidden === usable) handle.hidden = !usable;
    handle.style.transform = `translate(${corner.left + corner.width - 5}px, ${corner.top + corner.height - 5}px)`;
  }

  #makeRow(): RowSlot {
    const element = document.createElement("div");
    element.setAttribute("role", "row");
    const tick = document.createElement("div");
    tick.setAttribute("role", "gridcell");
    tick.setAttribute("aria-colindex", "1");
    tick.className = styles.tick ?? "";
    const box = document.createElement("span");
    box.setAttribute("role", "checkbox");
    box.tabIndex = -1;
    box.className = styles.box ?? "";
    tick.append(box);
    element.append(tick);
    this.#parts.rows.append(element);
    return { element, box, cells: [], index: -1, place: -1, className: "", label: null, ticked: null };
  }

  #paintRow(slot: RowSlot, index: number, inView: { first: number; end: number }): void {
    const { columns, layout, source, ticks, rowHeight, openRow } = this.#scene;
    const row = source.row(index);
    const place = (index - this.#base) * rowHeight;
    if (slot.place !== place || slot.element.hidden) {
      slot.element.hidden = false;
      slot.place = place;
      slot.element.style.transform = `translateY(${place}px)`;
    }
    if (slot.index !== index) {
      slot.index = index;
      slot.element.setAttribute("aria-rowindex", String(index + 2));
    }
    const ticked = row !== undefined && isTicked(ticks, row.id);
    if (slot.ticked !== ticked) {
      slot.ticked = ticked;
      slot.box.setAttribute("aria-checked", String(ticked));
      slot.element.setAttribute("aria-selected", String(ticked));
    }
    const label = row?.label ?? "";
    if (slot.label !== label) {
      slot.label = label;
      slot.box.setAttribute("aria-label", `Select ${label}`);
    }
    const className = [
      styles.row,
      ticked && styles.ticked,
      row === undefined && styles.waiting,
      row !== undefined && row.id === openRow && styles.open,
      row?.tone === "removed" && styles.removed,
      row?.tone === "added" && styles.added,
    ]
      .filter(Boolean)
      .join(" ");
    if (slot.className !== className) {
      slot.className = className;
      slot.element.className = className;
    }

    let at = 0;
    for (let column = 0; column < columns.length; column += 1) {
      if (column >= layout.pinned && (column < inView.first || column >= inView.end)) continue;
      this.#paintCell(slot, at, index, column, row, inView.first);
      at += 1;
    }
    for (const spare of slot.cells.splice(at)) spare.element.remove();
  }

  #paintCell(
    slot: RowSlot,
    at: number,
    index: number,
    number: number,
    row: GridRow | undefined,
    first: number,
  ): void {
    const { layout } = this.#scene;
    const column = this.#scene.columns[number];
    const place = layout.places[number];
    if (!column || !place) return;
    let cell = slot.cells[at];
    if (!cell) {
      const element = document.createElement("div");
      element.setAttribute("role", "gridcell");
      slot.element.append(element);
      cell = { element, view: undefined, column: null, className: "", width: -1, margin: Number.NaN };
      slot.cells[at] = cell;
    }
    const pinned = number < layout.pinned;
    const { element } = cell;
    if (cell.column !== column) {
      cell.column = column;
      cell.view = undefined;
      element.setAttribute("aria-colindex", String(number + 2));
      element.setAttribute("role", column.heading ? "rowheader" : "gridcell");
      element.setAttribute("aria-readonly", String(!column.editable));
      cell.margin = Number.NaN;
      cell.width = -1;
    }
    if (cell.width !== place.width) {
      cell.width = place.width;
      element.style.width = `${place.width}px`;
    }
    // The first column in view makes up for those left of it that are not painted, and scrolls the rest sideways.
    const margin = number === first ? place.left - layout.pinnedWidth - this.#scrollLeft : 0;
    if (cell.margin !== margin) {
      cell.margin = margin;
      element.style.marginLeft = margin === 0 ? "" : `${margin}px`;
    }
    const { cursor, block, others, fill } = this.#marks;
    const isCursor = cursor.row === index && cursor.column === number;
    const inBlock =
      ((others.length > 0 || !isOneCell(block)) && isInBlock(block, index, number)) ||
      others.some((other) => isInBlock(other, index, number));
    const view = row ? row.cells[column.id] : undefined;
    const className = [
      styles.cell,
      pinned && styles.pinned,
      pinned && number === layout.pinned - 1 && styles.edge,
      column.numeric && styles.numeric,
      column.quiet && styles.quiet,
      column.heading && styles.heading,
      view?.old !== undefined && styles.staged,
      isCursor && styles.cursor,
      inBlock && styles.inBlock,
      fill && isInBlock(fill, index, number) && styles.inFill,
    ]
      .filter(Boolean)
      .join(" ");
    if (cell.className !== className) {
      cell.className = className;
      element.className = className;
      if (inBlock || isCursor) element.setAttribute("aria-selected", "true");
      else element.removeAttribute("aria-selected");
    }
    if (isCursor) {
      const id = `${this.#scene.id}-${index}-${number}`;
      if (element.id !== id) element.id = id;
      this.#markedCell = element;
    } else if (element.id) {
      element.removeAttribute("id");
    }
    const next = row ? (view ?? null) : undefined;
    if (cell.view !== next || !element.hasChildNodes()) {
      cell.view = next;
      if (row) fillCell(element, view ?? EMPTY, column);
      else element.replaceChildren(makeBar(index, number));
    }
  }
}

const EMPTY: CellView = { text: "" };

/** How much of a height that no browser can lay out becomes of an element here, CSS pixels. */
function tallestIn(place: HTMLElement): number | undefined {
  const probe = document.createElement("div");
  probe.style.cssText = `position: absolute; visibility: hidden; width: 1px; height: ${TALLER_THAN_ANY}px`;
  place.append(probe);
  const height = probe.offsetHeight;
  probe.remove();
  return height > 0 ? height : undefined;
}

/** For the inspector's timeline, and for the benchmark of the launch. */
function markFirstRows(): void {
  requestAnimationFrame(() => setTimeout(() => performance.mark("first rows")));
}
