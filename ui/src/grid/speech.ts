/** Says what the cursor stands on, to those who do not see it. */

import { spokenState } from "./cells";
import type { Cell } from "./cursor";
import { isTicked } from "./selection";
import type { GridView } from "./view";

/** Held keys say only where they end, ms. */
const REST = 120;

export class Speech {
  readonly #view: GridView;
  readonly #live: HTMLElement;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #spoken: { row: number; column: number } = { row: -1, column: -1 };

  constructor(view: GridView, live: HTMLElement) {
    this.#view = view;
    this.#live = live;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  tell(words: string): void {
    this.#live.textContent = words;
  }

  /** Column, value and state, and the row when it is another one. */
  say(wanted: () => Cell | null): void {
    this.stop();
    this.#timer = setTimeout(() => {
      const cell = wanted();
      if (!cell) return;
      const { source, columns, ticks } = this.#view.scene;
      const row = source.row(cell.row);
      const column = columns[cell.column];
      if (!row || !column) return;
      const words = [`${column.title}, ${spokenState(row.cells[column.id] ?? { text: "" })}`];
      if (this.#spoken.row !== row.id) words.unshift(row.label);
      if (isTicked(ticks, row.id)) words.push("selected");
      if (row.tone === "removed") words.push("to be deleted");
      this.#spoken = { row: row.id, column: cell.column };
      this.tell(words.join(". "));
    }, REST);
  }
}
