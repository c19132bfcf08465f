/** What the table and the rest of the window tell each other. */

import { type RefObject, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { selectionOf, withoutAll } from "../../directory/chosen";
import type { ViewSession } from "../../directory/session";
import { useTickCount } from "../../directory/useTickCount";
import type { GridHandle } from "../../grid/Grid";
import {
  type ConnectionId,
  type Directory,
  host,
  useConnection,
  type ViewId,
  type ViewQuery,
} from "../../host";
import { announce, startSync, useSelection, useSync, useWindow } from "../../state";
import { usePeople } from "./store";

/** Takes up the saved view that the rail asks for. */
export function useSavedView(directory: Directory): void {
  const wanted = useWindow((state) => state.savedView);
  useEffect(() => {
    // Kept beside the filters: coming back from another screen must not undo what was changed since.
    if (usePeople.getState().applied === wanted) return;
    const saved = directory.views.find((view) => view.id === wanted);
    if (wanted !== null && !saved) return;
    useWindow.getState().setSearch(saved?.definition.query.search ?? "");
    usePeople.getState().apply(saved ?? null);
  }, [wanted, directory.views]);
}

/** Tells the rest of the window who is chosen. */
export function useChosen(connection: ConnectionId, session: ViewSession, view: ViewId | null): void {
  const ticks = usePeople((state) => state.ticks);
  const count = useTickCount(connection, session, view, ticks);
  useEffect(() => {
    if (view === null) return;
    useSelection.getState().set(selectionOf(ticks, view), count);
  }, [ticks, view, count]);
  useEffect(() => () => useSelection.getState().clear(), []);
}

/** Another search: "everyone here" must not become everyone of that. */
export function useForgetAll(search: string): void {
  const before = useRef(search);
  useEffect(() => {
    if (before.current === search) return;
    before.current = search;
    const { ticks, setTicks } = usePeople.getState();
    if (withoutAll(ticks) !== ticks) setTicks(withoutAll(ticks));
  }, [search]);
}

/** Brings the row that the palette or the history asks for. */
export function useLocate(view: number | null, grid: RefObject<GridHandle | null>): void {
  const locate = useWindow((state) => state.locate);
  useEffect(() => {
    if (locate === null || view === null) return;
    let gone = false;
    host
      .locate(view, locate)
      .catch(() => null)
      .then((at) => {
        if (gone) return;
        useWindow.getState().setLocate(null);
        if (at === null) announce("This person is not in the view on screen.");
        else grid.current?.bring(at);
      });
    return () => {
      gone = true;
    };
  }, [locate, view, grid]);
}

/** Leaving the screen keeps where the table stood; coming back to the same people finds it there. */
export function usePlace(
  session: ViewSession,
  view: number | null,
  query: ViewQuery,
  grid: RefObject<GridHandle | null>,
): void {
  const told = useRef("");
  told.current = JSON.stringify(query);
  useLayoutEffect(
    () => () => {
      const place = grid.current?.place();
      if (!place) return;
      const row = session.cache.row(place.cursor.row)?.id ?? null;
      usePeople.getState().leave({ ...place, row, query: told.current });
    },
    [session, grid],
  );
  const back = useRef(false);
  // Before the table is seen, so that it does not jump.
  useLayoutEffect(() => {
    if (view === null || back.current) return;
    back.current = true;
    const { place } = usePeople.getState();
    if (!place || place.query !== told.current || useWindow.getState().locate !== null) return;
    grid.current?.restore(place);
    if (place.row === null) return;
    // Rows may have come and gone above it meanwhile.
    host.locate(view, place.row).then(
      (at) => {
        if (at === null || at === place.cursor.row) return;
        const was = { index: place.cursor.row, id: place.row };
        const now = { index: at, id: place.row };
        grid.current?.follow({ cursor: was, anchor: was }, { cursor: now, anchor: now });
      },
      () => undefined,
    );
  }, [view, grid]);
}

/** When this window opened, in milliseconds since 1970. */
const OPENED = performance.timeOrigin;

/** A mirror from an earlier day is shown at once, and brought up to date behind its rows, once in a launch. */
export function useSyncBehind(id: ConnectionId, { cache }: ViewSession): void {
  // Not beside the first rows: on a small machine it would be before them.
  const shown = useSyncExternalStore(cache.subscribe, () => cache.hasBegun);
  const connection = useConnection(id);
  const old =
    connection?.tokenReady === true &&
    connection.lastSync !== null &&
    Date.parse(connection.lastSync.finishedAt) < OPENED;
  useEffect(() => {
    // One that failed is not begun again by itself each time that the screen is opened.
    if (shown && old && !useSync.getState().begun.has(id)) startSync(id);
  }, [id, shown, old]);
}

/** Widths asked for from the palette: of the columns in the blocks that are chosen, or of all. */
export function useFit(grid: RefObject<GridHandle | null>): void {
  const fit = usePeople((state) => state.fit);
  useEffect(() => {
    if (fit === null) return;
    if (fit === "all") grid.current?.fitWidths();
    else grid.current?.fitChosen();
    usePeople.getState().fitColumns(null);
  }, [fit, grid]);
}
