import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import type { GridHandle } from "../grid/Grid";
import { type Attribute, type ConnectionId, host, onNews, type ViewQuery } from "../host";
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

/** Keeps the session's view to the query, and its rows to the news. */
export function useSession(
  session: ViewSession,
  connection: ConnectionId,
  query: ViewQuery,
  columns: readonly Attribute[],
  grid: RefObject<GridHandle | null>,
): { state: SessionState; total: number } {
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  const total = useSyncExternalStore(session.cache.subscribe, session.total);

  useEffect(() => session.show(columns), [session, columns]);
  useEffect(() => session.ask(query), [session, query]);
  useEffect(() => {
    session.onOther = () => grid.current?.toStart();
  }, [session, grid]);

  const view = state.view?.id ?? null;
  useEffect(() => {
    if (view !== null) useWindow.getState().setView(view);
  }, [view]);

  // News changes the view in place: the row under the cursor stays where it is on screen.
  useEffect(() => {
    if (view === null) return;
    const bring = async () => {
      const at = grid.current?.cursor().row ?? 0;
      const row = session.cache.row(at);
      if (row && at > 0) {
        const now = await host.locate(view, row.id).catch(() => null);
        if (now !== null && now !== at) grid.current?.shift(now - at);
      }
      session.cache.refresh();
    };
    const stops = [
      onNews("directoryChanged", (news) => {
        if (news.connection === connection) void bring();
      }),
      onNews("draftChanged", (news) => {
        if (news.connection === connection) void bring();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [view, session, connection, grid]);

  return { state, total };
}
