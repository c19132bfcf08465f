/**
 * The rows near the view, fetched in chunks. Rows that are out of date stay on screen until newer
 * ones come: nothing blinks when a search narrows or a sync ends.
 */

import type { GridRow, RowSource } from "./types";

/** A screenful at 1080 px, in one request. */
export const CHUNK = 48;
const MOST_CHUNKS = 120;
const AT_ONCE = 2;

export interface Loaded<Row extends GridRow = GridRow> {
  total: number;
  rows: Row[];
  /** Of the list these are rows of, where it can change: a position means another row in another version. */
  version?: number;
}

/** The list is another by now, so the rows that were meant stand elsewhere in it. */
export class OtherList extends Error {}

export type Load<Row extends GridRow = GridRow> = (start: number, len: number) => Promise<Loaded<Row>>;

interface Chunk<Row> {
  rows: Row[];
  /** The state of the data these rows are of. */
  edition: number;
}

export class RowCache<Row extends GridRow = GridRow> implements RowSource {
  total = 0;
  /** Of the list that is on screen. */
  version = 0;
  #load: Load<Row> | null = null;
  #chunks = new Map<number, Chunk<Row>>();
  #edition = 0;
  #flying = new Map<number, number>();
  /** The first rows are wanted before anybody knows how many are in view. */
  #wanted: { first: number; end: number } = { first: 0, end: 1 };
  #listeners = new Set<() => void>();
  #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Other rows, or the same in another order: what is on screen stays until the new ones come. `first` are there already. */
  open(load: Load<Row>, total: number, first?: Loaded<Row>): void {
    this.#load = load;
    this.total = total;
    this.#edition += 1;
    if (first) this.#keep(0, first, this.#edition);
    this.#pump();
    this.#tell();
  }

  /** The rows may have other values; those on screen are fetched again. */
  refresh(): void {
    this.#edition += 1;
    this.#pump();
    this.#tell();
  }

  /**
   * As `refresh`, where rows may have moved, by `by` for those in view: these change all at once, and `moved` is called
   * just then, so that whoever holds positions moves along and no row is ever seen in another's place.
   */
  async renew(by: number, moved: () => void): Promise<void> {
    const load = this.#load;
    if (!load) return;
    this.#edition += 1;
    const edition = this.#edition;
    const first = Math.max(0, Math.floor((this.#wanted.first + by) / CHUNK));
    const last = Math.max(first, Math.floor((this.#wanted.end + by - 1) / CHUNK));
    const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    try {
      const chunks = await Promise.all(numbers.map((number) => load(number * CHUNK, CHUNK)));
      if (edition !== this.#edition) return;
      for (const [at, loaded] of chunks.entries()) this.#keep(first + at, loaded, edition);
    } catch (error) {
      if (edition === this.#edition) this.#failed(error);
      return;
    }
    moved();
    this.#pump();
    this.#tell();
  }

  row(index: number): Row | undefined {
    if (index < 0 || index >= this.total) return undefined;
    return this.#chunks.get(Math.floor(index / CHUNK))?.rows[index % CHUNK];
  }

  /** What may be acted on: a row of the list as it is now, or one that is on screen, which is known by its id. */
  current(index: number): Row | undefined {
    const seen = index >= this.#wanted.first && index < this.#wanted.end;
    const fresh = this.#chunks.get(Math.floor(index / CHUNK))?.edition === this.#edition;
    return seen || fresh ? this.row(index) : undefined;
  }

  /** Whether rows are there, or none are to come. */
  get hasBegun(): boolean {
    return this.#chunks.size > 0 || (this.#load !== null && this.total === 0);
  }

  want(first: number, end: number): void {
    this.#wanted = { first, end };
    this.#pump();
  }

  /** @throws OtherList where positions of what is on screen mean other rows by now. */
  async fetch(first: number, end: number): Promise<Row[]> {
    const rows: Row[] = [];
    const load = this.#load;
    if (!load) return rows;
    const seen = this.version;
    const step = 1000;
    for (let start = first; start < end; start += step) {
      const { rows: some, version = 0 } = await load(start, Math.min(step, end - start));
      if (version !== seen) throw new OtherList(`version ${version} instead of ${seen}`);
      rows.push(...some);
      if (some.length === 0) break;
    }
    return rows;
  }

  subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => {
      this.#listeners.delete(changed);
    };
  };

  /** Fetches what the view lacks, nearest first; what scrolled away before its turn is not fetched. */
  #pump(): void {
    const load = this.#load;
    if (!load || this.#wanted.end <= this.#wanted.first) return;
    const first = Math.floor(this.#wanted.first / CHUNK);
    const last = Math.floor(Math.max(0, Math.min(this.#wanted.end, this.total) - 1) / CHUNK);
    for (let number = first; number <= last && this.total > 0; number += 1) {
      if (this.#flying.size >= AT_ONCE) return;
      const edition = this.#edition;
      if (this.#chunks.get(number)?.edition === edition || this.#flying.get(number) === edition) continue;
      this.#flying.set(number, edition);
      load(number * CHUNK, CHUNK)
        .then((loaded) => {
          if (edition !== this.#edition) return;
          this.#keep(number, loaded, edition);
          this.#tell();
        })
        .catch((error: unknown) => {
          if (edition === this.#edition) this.#failed(error);
        })
        .finally(() => {
          if (this.#flying.get(number) === edition) this.#flying.delete(number);
          // A failed chunk is asked for again by the next scroll, not by itself.
          if (this.#chunks.get(number)?.edition === edition || edition !== this.#edition) this.#pump();
        });
    }
  }

  #keep(number: number, { total, rows, version = 0 }: Loaded<Row>, edition: number): void {
    this.total = total;
    this.version = version;
    this.#chunks.delete(number);
    this.#chunks.set(number, { rows, edition });
    if (this.#chunks.size <= MOST_CHUNKS) return;
    const first = Math.floor(this.#wanted.first / CHUNK);
    const last = Math.floor(this.#wanted.end / CHUNK);
    for (const old of this.#chunks.keys()) {
      if (old < first || old > last) {
        this.#chunks.delete(old);
        return;
      }
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
