/** What the pointer does: choose, drag, fill, tick, open, edit, scroll. */

import type { Chosen } from "./chosen";
import { columnUnder, TICK_WIDTH } from "./columns";
import { type Cell, clampCell } from "./cursor";
import { type Block, isInBlock } from "./selection";
import type { GridRow } from "./types";
import type { GridView } from "./view";

/** On a Mac, Control with a click is the menu. */
export const ON_MAC = /^Mac/.test(navigator.platform);
/** Less than this is a click, CSS pixels. */
const STILL = 3;

/** What the pointer asks of the table. */
export interface PointerWishes {
  moveTo: (cell: Cell, extend: boolean) => void;
  addBlock: (cell: Cell) => void;
  tick: (row: number, extend: boolean) => void;
  /** The chosen cells are others now, and stay them for the moment. */
  paint: () => void;
  settled: () => void;
  fill: (source: Block, target: Block) => void;
  open: (row: GridRow) => void;
  edit: () => void;
  menu: (at: { x: number; y: number }) => void;
}

export class GridPointer {
  readonly #view: GridView;
  readonly #scroller: HTMLElement;
  readonly #chosen: Chosen;
  readonly #wishes: PointerWishes;
  #fill: Block | null = null;
  #drag: { kind: "cells" | "fill"; source: Block; x: number; y: number; frame: number } | null = null;

  constructor(view: GridView, scroller: HTMLElement, chosen: Chosen, wishes: PointerWishes) {
    this.#view = view;
    this.#scroller = scroller;
    this.#chosen = chosen;
    this.#wishes = wishes;
  }

  /** Where the fill handle has been dragged to, its source included. */
  get fill(): Block | null {
    return this.#fill;
  }

  listen(signal: AbortSignal): void {
    const scroller = this.#scroller;
    scroller.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    scroller.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    scroller.addEventListener("pointermove", (event) => this.#dragTo(event.clientX, event.clientY), {
      signal,
    });
    scroller.addEventListener("pointerup", () => this.#release(), { signal });
    scroller.addEventListener("pointercancel", () => this.#release(), { signal });
    scroller.addEventListener("dblclick", (event) => this.#doublePress(event), { signal });
    scroller.addEventListener("contextmenu", (event) => this.#contextMenu(event), { signal });
    signal.addEventListener("abort", () => {
      if (this.#drag) cancelAnimationFrame(this.#drag.frame);
    });
  }

  #wheel(event: WheelEvent): void {
    if (event.ctrlKey || event.shiftKey) return;
    if (this.#view.wheel(event.deltaY, event.deltaMode)) {
      event.preventDefault();
      if (event.deltaX !== 0) this.#scroller.scrollLeft += event.deltaX;
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
      if (!this.#chosen.blocks.some((block) => isInBlock(block, cell.row, cell.column)))
        this.#wishes.moveTo(cell, false);
      return;
    }
    if (event.button !== 0) return;
    event.preventDefault();
    if (this.#view.xIn(event.clientX) < TICK_WIDTH) {
      this.#wishes.tick(cell.row, event.shiftKey);
      return;
    }
    if (command && !event.shiftKey) {
      this.#wishes.addBlock(cell);
      this.#beginDrag("cells", event);
      return;
    }
    this.#wishes.moveTo(cell, event.shiftKey);
    const row = this.#view.scene.source.row(cell.row);
    if (row && !event.shiftKey && event.target instanceof Element && event.target.closest("[data-link]")) {
      this.#wishes.open(row);
      return;
    }
    this.#beginDrag("cells", event);
  }

  #beginDrag(kind: "cells" | "fill", event: PointerEvent): void {
    event.preventDefault();
    this.#scroller.setPointerCapture(event.pointerId);
    this.#drag = { kind, source: this.#chosen.block, x: event.clientX, y: event.clientY, frame: 0 };
  }

  #dragTo(x: number, y: number): void {
    const drag = this.#drag;
    if (!drag) return;
    if (Math.abs(x - drag.x) + Math.abs(y - drag.y) < STILL && drag.frame === 0) return;
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
      this.#chosen.cursor = clampCell({ row, column }, this.#view.bounds);
    }
    this.#wishes.paint();
  };

  #release(): void {
    const drag = this.#drag;
    if (!drag) return;
    cancelAnimationFrame(drag.frame);
    this.#drag = null;
    if (drag.kind === "cells") {
      this.#wishes.settled();
      return;
    }
    const whole = this.#fill;
    this.#fill = null;
    if (whole) {
      const { source } = drag;
      const target =
        whole.bottom > source.bottom
          ? { ...source, top: source.bottom + 1, bottom: whole.bottom }
          : { ...source, top: whole.top, bottom: source.top - 1 };
      this.#chosen.only({ row: whole.top, column: whole.left }, { row: whole.bottom, column: whole.right });
      this.#wishes.fill(source, target);
    }
    this.#wishes.paint();
  }

  #doublePress(event: MouseEvent): void {
    // A captured pointer's clicks arrive at the scroller itself, not at the cell.
    const onRows =
      this.#isOnRows(event) || (event.target === this.#scroller && this.#view.outside(event.clientY) === 0);
    if (!onRows || this.#view.xIn(event.clientX) < TICK_WIDTH) return;
    event.preventDefault();
    this.#wishes.edit();
  }

  #contextMenu(event: MouseEvent): void {
    if (!this.#isOnRows(event)) return;
    event.preventDefault();
    this.#wishes.menu({ x: event.clientX, y: event.clientY });
  }
}
