import { useEffect, useMemo } from "react";
import { type Attribute, type ColumnLayout, client, keys, type Preferences, usePreferences } from "../host";
import { changePreferences } from "../state";
import { knownColumns } from "./layout";

/** Dragging an edge changes a width sixty times a second; the file is written once it rests. */
const REST = 400;

/**
 * The columns of a table: as they are being dragged, else as they are kept under the key, else as it begins. They are
 * kept once they rest.
 */
export function useKeptColumns(
  key: string,
  live: ColumnLayout[] | null,
  first: readonly ColumnLayout[],
  attributes: readonly Attribute[],
): { columns: ColumnLayout[]; shown: Attribute[] } {
  const kept = usePreferences().data?.columns[key];
  const columns = useMemo(() => {
    const chosen = live ?? kept ?? [];
    return knownColumns(chosen.length > 0 ? chosen : first, attributes);
  }, [live, kept, first, attributes]);
  const shown = useMemo(
    () =>
      columns.flatMap((column): Attribute[] =>
        attributes.filter((attribute) => attribute.id === column.attribute),
      ),
    [columns, attributes],
  );
  useEffect(() => {
    if (live === null) return;
    const rest = setTimeout(() => keepColumns(key, live), REST);
    return () => clearTimeout(rest);
  }, [live, key]);
  return { columns, shown };
}

/** null: the table begins anew. */
export function keepColumns(key: string, columns: ColumnLayout[] | null): void {
  const now = client.getQueryData<Preferences>(keys.preferences())?.columns ?? {};
  const { [key]: _, ...others } = now;
  changePreferences({ columns: columns === null ? others : { ...others, [key]: columns } });
}
