/** What the table and the rest of the window tell each other. */

import { type RefObject, useEffect, useRef } from "react";
import { selectionOf, withoutAll } from "../../directory/chosen";
import type { GridHandle } from "../../grid/Grid";
import { countTicks } from "../../grid/selection";
import { type Directory, host } from "../../host";
import { announce, useSelection, useWindow } from "../../state";
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
export function useChosen(view: number | null, total: number): void {
  const ticks = usePeople((state) => state.ticks);
  useEffect(() => {
    if (view === null) return;
    useSelection.getState().set(selectionOf(ticks, view), countTicks(ticks, total));
  }, [ticks, view, total]);
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
