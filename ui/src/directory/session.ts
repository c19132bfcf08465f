/**
 * The view on screen: opened once, then changed as the query changes. While one answer is on its way
 * only the latest wish waits, so typing never queues up work.
 */

import { CHUNK, OtherList, RowCache } from "../grid/cache";
import { rowsAtHand } from "../grid/copying";
import type { RowSpan } from "../grid/selection";
import {
  type Attribute,
  asHostError,
  type ConnectionId,
  HostError,
  host,
  type Selection,
  type View,
  type ViewQuery,
  type Window,
} from "../host";
import { type PersonRow, personRow } from "./values";

/** Before a view is open; the engine knows no such view. */
const NO_VIEW = 0;

function idsOf(columns: readonly Attribute[]): number[] {
  return columns.map((attribute) => attribute.id);
}

export interface SessionState {
  view: View | null;
  error: HostError | null;
}

export class ViewSession {
  readonly cache: RowCache<PersonRow>;
  readonly #connection: ConnectionId;
  #state: SessionState = { view: null, error: null };
  #listeners = new Set<() => void>();
  #wish: ViewQuery | null = null;
  #busy = false;
  #closed = false;
  #columns: readonly Attribute[] = [];
  /** Called when other rows are shown than before. */
  onOther: () => void = () => undefined;

  constructor(connection: ConnectionId) {
    this.#connection = connection;
    this.cache = new RowCache((error) => this.#set({ error: asHostError(error) }));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): SessionState => this.#state;

  total = (): number => this.cache.total;

  /** The people of these rows: by id where they are at hand, else by where they stand in the list on screen. */
  chosen({ first, last }: RowSpan): Selection {
    const rows = rowsAtHand(this.cache, [{ first, last }]);
    if (rows) return { of: "rows", rows: rows.map((row) => row.id) };
    const view = this.#state.view?.id ?? NO_VIEW;
    return { of: "range", view, version: this.cache.version, start: first, end: last + 1 };
  }

  /**
   * The rows at these positions of the list on screen, also where they are not at hand; fewer past its end.
   * @throws HostError where the list is another by now.
   */
  async rows({ first, last }: RowSpan): Promise<PersonRow[]> {
    const here = rowsAtHand(this.cache, [{ first, last }]);
    if (here) return here;
    try {
      return await this.cache.fetch(first, Math.min(last + 1, this.cache.total));
    } catch (thrown) {
      if (!(thrown instanceof OtherList)) throw thrown;
      throw new HostError({
        code: "stale",
        message:
          "The list changed while rows of it were chosen, so nothing was done. Look at which people are chosen now, and do it again.",
        detail: thrown.message,
      });
    }
  }

  ask(query: ViewQuery): void {
    this.#wish = query;
    if (!this.#busy) void this.#work();
  }

  show(columns: readonly Attribute[]): void {
    const same =
      columns.length === this.#columns.length && columns.every((one, at) => one === this.#columns[at]);
    if (same) return;
    this.#columns = columns;
    if (this.#state.view) this.#open(this.#state.view, null);
  }

  close(): void {
    this.#closed = true;
    const { view } = this.#state;
    // The engine forgets views with the process; one that can't be closed does no harm.
    if (view) void host.closeView(view.id).catch(() => undefined);
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#wish && !this.#closed) {
      const query = this.#wish;
      this.#wish = null;
      try {
        const before = this.#state.view?.id ?? null;
        const columns = this.#columns;
        const { view, window } = await host.showView(this.#connection, before, query, CHUNK, idsOf(columns));
        if (this.#closed) {
          void host.closeView(view.id).catch(() => undefined);
          return;
        }
        // Rows first: they are what is waited for.
        this.#open(view, columns === this.#columns ? window : null);
        this.#set({ view, error: null });
        this.onOther();
      } catch (thrown) {
        this.#set({ error: asHostError(thrown) });
      }
    }
    this.#busy = false;
  }

  /** Where `first` is given, it is of the columns that are shown. */
  #open(view: View, first: Window | null): void {
    const columns = this.#columns;
    const ids = idsOf(columns);
    const loaded = ({ total, rows, version }: Window) => ({
      total,
      rows: rows.map((row) => personRow(row, columns)),
      version,
    });
    const load = async (start: number, len: number) => loaded(await host.window(view.id, start, len, ids));
    this.cache.open(load, view.total, first ? loaded(first) : undefined);
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
