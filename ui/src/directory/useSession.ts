import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import type { HeldRow } from "../grid/controller";
import type { GridHandle } from "../grid/Grid";
import {
  type Attribute,
  type ConnectionId,
  type HostError,
  host,
  onNews,
  type ViewId,
  type ViewQuery,
} from "../host";
import { useWindow } from "../state";
import { type SessionState, ViewSession } from "./session";

/** A session of one's own for as long as the screen is up; null for the first moment. */
export function useOwnSession(connection: ConnectionId): ViewSession | null {
  const [session, setSession] = useState<ViewSession | null>(null);
  useEffect(() => {
    const mine = new ViewSession(connection);
    setSession(mine);
    return () => {
      mine.close();
      useWindow.getState().setView(null);
    };
  }, [connection]);
  return session;
}

/**
 * One thing of a session's state. Whoever shows it asks for it, and a screen that only holds the table does not: each
 * answer to a key changes the view and the count, and rows should not wait for the rest of the screen.
 */
export function useOfSession<T>(session: ViewSession, part: (state: SessionState) => T): T {
  return useSyncExternalStore(session.subscribe, () => part(session.snapshot()));
}

/** How many people are in the list. */
export function useTotal(session: ViewSession): number {
  return useSyncExternalStore(session.cache.subscribe, session.total);
}

/** The id of the view, once it is open. It stays while the view is asked other questions. */
export const viewId = ({ view }: SessionState): ViewId | null => view?.id ?? null;

/** Why no view could be opened. */
export const refusal = ({ view, error }: SessionState): HostError | null => (view === null ? error : null);

/** Keeps the session's view to the query, and its rows to the news. */
export function useSession(
  session: ViewSession,
  connection: ConnectionId,
  query: ViewQuery,
  columns: readonly Attribute[],
  grid: RefObject<GridHandle | null>,
): void {
  useEffect(() => session.show(columns), [session, columns]);
  useEffect(() => session.ask(query), [session, query]);
  useEffect(() => {
    session.onOther = () => grid.current?.toStart();
  }, [session, grid]);

  const view = useOfSession(session, viewId);
  useEffect(() => {
    if (view !== null) useWindow.getState().setView(view);
  }, [view]);

  // News changes the view in place: the row under the cursor stays where it is on screen.
  useEffect(() => {
    if (view === null) return;
    const bring = inTurn(() => bringRows(view, session, grid));
    const stops = [
      onNews("directoryChanged", (news) => {
        if (news.connection === connection) bring();
      }),
      onNews("draftChanged", (news) => {
        if (news.connection === connection) bring();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [view, session, connection, grid]);
}

/** Puts the rows as they are now under a cursor that stays on its person. */
export async function bringRows(
  view: ViewId,
  session: ViewSession,
  grid: RefObject<Pick<GridHandle, "held" | "follow"> | null>,
): Promise<void> {
  const from = grid.current?.held() ?? null;
  if (from === null) {
    await session.cache.renew(0, () => undefined);
    return;
  }
  const now = async ({ id, index }: HeldRow): Promise<HeldRow> => {
    const at = id === null ? null : await host.locate(view, id).catch(() => null);
    // Whoever left the list leaves their place to the next.
    return at === null ? { id: null, index } : { id, index: at };
  };
  const [cursor, anchor] = await Promise.all([now(from.cursor), now(from.anchor)]);
  const by = cursor.index - from.cursor.index;
  await session.cache.renew(by, () => grid.current?.follow(from, { cursor, anchor }));
}

/** Work that is asked for while it is being done is done once more after that, and never twice at once. */
export function inTurn(work: () => Promise<void>): () => void {
  let busy = false;
  let again = false;
  const run = async () => {
    busy = true;
    try {
      do {
        again = false;
        await work();
      } while (again);
    } finally {
      busy = false;
    }
  };
  return () => {
    if (busy) again = true;
    else void run();
  };
}
