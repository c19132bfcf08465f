/** The cells that are chosen: the cursor, the block it ends, and blocks chosen besides. */

import { type Bounds, type Cell, clampCell } from "./cursor";
import { type Block, blockBetween, clipBlock, isInBlock, isOneCell } from "./selection";

const NO_BLOCKS: readonly Block[] = [];

export class Chosen {
  cursor: Cell = { row: 0, column: 0 };
  #anchor: Cell = { row: 0, column: 0 };
  /** Blocks chosen besides the one the cursor is in. */
  #others: readonly Block[] = NO_BLOCKS;

  get block(): Block {
    return blockBetween(this.#anchor, this.cursor);
  }

  get others(): readonly Block[] {
    return this.#others;
  }

  /** Every block that is chosen, the one the cursor is in last. */
  get blocks(): readonly Block[] {
    return [...this.#others, this.block];
  }

  get isOneCell(): boolean {
    return isOneCell(this.block) && this.#others.length === 0;
  }

  /** Where the cursor is, and nothing else, is chosen. */
  setOut(): void {
    this.#anchor = this.cursor;
    this.#others = NO_BLOCKS;
  }

  /** One block, and the cursor where it ends. */
  only(from: Cell, to: Cell): void {
    this.#others = NO_BLOCKS;
    this.#anchor = from;
    this.cursor = to;
  }

  /** Another block begins here beside those there are. False where a cell chosen by itself is let go again instead. */
  add(cell: Cell): boolean {
    const again = this.#others.find((block) => isOneCell(block) && isInBlock(block, cell.row, cell.column));
    if (again) {
      this.#others = this.#others.filter((block) => block !== again);
      return false;
    }
    this.#others = this.blocks;
    this.#anchor = cell;
    return true;
  }

  /** The table may have become smaller. */
  settle(bounds: Bounds): void {
    this.cursor = clampCell(this.cursor, bounds);
    this.#anchor = clampCell(this.#anchor, bounds);
    if (this.#others.length > 0) {
      this.#others = this.#others.flatMap((block) => clipBlock(block, bounds) ?? []);
    }
  }

  /** Where the block begins that ends at the cursor. */
  get anchor(): Cell {
    return this.#anchor;
  }

  /** Both ends of the block now stand elsewhere; what is chosen besides goes along with the cursor. */
  move({ cursor, anchor }: { cursor: number; anchor: number }, bounds: Bounds): void {
    const rows = cursor - this.cursor.row;
    this.cursor = clampCell({ ...this.cursor, row: cursor }, bounds);
    this.#anchor = clampCell({ ...this.#anchor, row: anchor }, bounds);
    this.#others = this.#others.map((block) => ({
      ...block,
      top: block.top + rows,
      bottom: block.bottom + rows,
    }));
  }
}
