import { useEffect, useMemo } from "react";
import { firstColumns, knownColumns } from "../../directory/layout";
import {
  type Attribute,
  type ColumnLayout,
  client,
  type Directory,
  keys,
  type Preferences,
  usePreferences,
} from "../../host";
import { changePreferences, useWindow } from "../../state";
import { usePeople } from "./store";

/** Dragging an edge changes a width sixty times a second; the file is written once it rests. */
const REST = 400;

/** The columns on screen and how they are kept: for the connection's own table and for each saved view. */
export function useColumns(connection: number, directory: Directory) {
  const savedView = useWindow((state) => state.savedView);
  const live = usePeople((state) => state.columns);
  const preferences = usePreferences().data;
  const key = savedView === null ? String(connection) : `${connection}/${savedView}`;
  const kept = preferences?.columns[key];
  const ofView = directory.views.find((view) => view.id === savedView)?.definition.columns;
  const { attributes } = directory;
  const columns = useMemo(
    () => columnsOf(live ?? kept ?? ofView ?? [], directory),
    [live, kept, ofView, directory],
  );
  const shown = useMemo(
    () =>
      columns.flatMap((column): Attribute[] =>
        attributes.filter((attribute) => attribute.id === column.attribute),
      ),
    [columns, attributes],
  );

  useEffect(() => {
    usePeople.getState().show(shown.map((attribute) => attribute.id));
  }, [shown]);

  useEffect(() => {
    if (live === null) return;
    const rest = setTimeout(() => keep(key, live), REST);
    return () => clearTimeout(rest);
  }, [live, key]);

  const setColumns = (next: ColumnLayout[] | null) => {
    if (next === null) {
      keep(key, null);
      usePeople.getState().setColumns(null);
    } else {
      usePeople.getState().setColumns(next);
    }
  };
  return { columns, shown, setColumns };
}

/** A choice of columns as it can be shown today; none is the choice to begin with. */
export function columnsOf(chosen: readonly ColumnLayout[], directory: Directory): ColumnLayout[] {
  return knownColumns(chosen.length > 0 ? chosen : firstColumns(directory), directory.attributes);
}

function keep(key: string, columns: ColumnLayout[] | null): void {
  const now = client.getQueryData<Preferences>(keys.preferences())?.columns ?? {};
  const { [key]: _, ...others } = now;
  changePreferences({ columns: columns === null ? others : { ...others, [key]: columns } });
}
