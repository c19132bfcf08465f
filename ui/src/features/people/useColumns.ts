import { useEffect, useMemo } from "react";
import { firstColumns, knownColumns } from "../../directory/layout";
import { keepColumns, useKeptColumns } from "../../directory/useKeptColumns";
import type { ColumnLayout, ConnectionId, Directory } from "../../host";
import { useWindow } from "../../state";
import { usePeople } from "./store";

/** The columns on screen: the connection's own table and each saved view keep theirs. */
export function useColumns(connection: ConnectionId, directory: Directory) {
  const savedView = useWindow((state) => state.savedView);
  const live = usePeople((state) => state.columns);
  const key = savedView === null ? String(connection) : `${connection}/${savedView}`;
  const ofView = directory.views.find((view) => view.id === savedView)?.definition.columns;
  const first = useMemo(() => columnsOf(ofView ?? [], directory), [ofView, directory]);
  const { columns, shown } = useKeptColumns(key, live, first, directory.attributes);

  useEffect(() => {
    usePeople.getState().show(shown.map((attribute) => attribute.id));
  }, [shown]);

  const setColumns = (next: ColumnLayout[] | null) => {
    if (next === null) keepColumns(key, null);
    usePeople.getState().setColumns(next);
  };
  return { columns, shown, setColumns };
}

/** A choice of columns as it can be shown today; none is the choice to begin with. */
export function columnsOf(chosen: readonly ColumnLayout[], directory: Directory): ColumnLayout[] {
  return knownColumns(chosen.length > 0 ? chosen : firstColumns(directory), directory.attributes);
}
