import { useDeferredValue, useEffect, useMemo, useRef } from "react";
import { useCommands } from "../../commands";
import { EmptyState, ErrorState, Skeleton } from "../../components";
import { selectionOf } from "../../directory/chosen";
import { knownColumns, nextSort } from "../../directory/layout";
import type { ViewSession } from "../../directory/session";
import { useFollow } from "../../directory/useFollow";
import { useOwnSession, useSession } from "../../directory/useSession";
import { number } from "../../format";
import { moveColumn } from "../../grid/columns";
import { Grid, type GridHandle } from "../../grid/Grid";
import { countTicks } from "../../grid/selection";
import {
  type Attribute,
  type Board,
  type ColumnLayout,
  client,
  type Directory,
  keys,
  type Preferences,
  usePreferences,
  type ViewQuery,
} from "../../host";
import { changePreferences, useWindow } from "../../state";
import { firstColumns, firstSort, reclaimColumns } from "./columns";
import { listCommands } from "./commands";
import { ExemptDialog } from "./ExemptDialog";
import { Notices } from "./Notices";
import styles from "./Reclaim.module.css";
import { SelectionBar } from "./SelectionBar";
import { type Chosen, useReclaim } from "./store";
import { PILES } from "./words";

/** So that the last rows can be brought above the selection bar, CSS pixels. */
const ROOM_FOR_BAR = 64;
/** A dragged edge changes its width sixty times a second; it is kept once it rests, milliseconds. */
const REST = 400;

interface TableProps {
  board: Board;
  directory: Directory;
  days: number;
}

/** The people of a pile in the same grid as everybody, with what speaks against them. */
export function DormantTable(props: TableProps) {
  const session = useOwnSession(props.board.connection);
  return session && <Table {...props} session={session} />;
}

function Table({ board, directory, days, session }: TableProps & { session: ViewSession }) {
  const { connection } = board;
  const { attributes } = directory;
  const grid = useRef<GridHandle>(null);
  const panel = useWindow((state) => state.panel);
  const reclaim = useReclaim();
  const { pile, filter, ticks, asked } = reclaim;
  const preferences = usePreferences().data;
  const compact = preferences?.compact ?? false;
  const key = `${connection}/reclaim`;
  const kept = preferences?.columns[key];
  const columns = useMemo(
    () => knownColumns(reclaim.columns ?? kept ?? firstColumns(directory), attributes),
    [reclaim.columns, kept, directory, attributes],
  );
  useEffect(() => {
    const { columns: live } = reclaim;
    if (live === null) return;
    const rest = setTimeout(() => keep(key, live), REST);
    return () => clearTimeout(rest);
  }, [reclaim, key]);

  const sort = reclaim.sort ?? firstSort(attributes);
  const asDays = useDeferredValue(pile === "seen_long_ago" ? days : null);
  const query = useMemo(
    (): ViewQuery => ({
      search: "",
      filters: filter === null ? [] : [filter.filter],
      sort,
      pile: { pile, days: asDays },
    }),
    [filter, sort, pile, asDays],
  );
  const shown = useMemo(
    () =>
      columns.flatMap((column): Attribute[] =>
        attributes.filter((attribute) => attribute.id === column.attribute),
      ),
    [columns, attributes],
  );
  const { state, total } = useSession(session, connection, query, shown, grid);
  const view = state.view?.id ?? null;
  const gridColumnList = useMemo(
    () => reclaimColumns(columns, attributes, sort),
    [columns, attributes, sort],
  );
  const follow = useFollow();
  const count = countTicks(ticks, total);
  const chosen = useMemo(
    (): Chosen | null =>
      view === null || count === 0
        ? null
        : { selection: selectionOf(ticks, view), count, pile: { pile, days: asDays } },
    [view, ticks, count, pile, asDays],
  );
  useChosen(chosen);
  useCommands(listCommands);

  if (state.error && !state.view) {
    return (
      <ErrorState
        title="The list could not be opened"
        error={state.error}
        onRetry={() => session.ask(query)}
      />
    );
  }
  if (state.view === null) {
    return (
      <div className={styles.loading}>
        <Skeleton rows={8} label="Reading the list" />
      </div>
    );
  }
  return (
    <div className={styles.table}>
      <Grid
        handle={grid}
        label="Dormant people"
        columns={gridColumnList}
        source={session.cache}
        total={total}
        ticks={ticks}
        rowHeight={compact ? 26 : 32}
        openRow={panel?.row ?? null}
        tail={count > 0 ? ROOM_FOR_BAR : 0}
        onTicks={reclaim.setTicks}
        onCursor={(_, row) => follow(row)}
        onOpen={(row) => useWindow.getState().openPerson(row.id)}
        onClear={() => undefined}
        onFill={() => undefined}
        onPaste={() => undefined}
        onMenu={(cell) => {
          const row = session.cache.row(cell.row);
          if (row) useWindow.getState().openPerson(row.id);
        }}
        onEscape={() => useWindow.getState().closePanel()}
        onCopyRefused={(rows) =>
          reclaim.tell({
            tone: "bad",
            text: `${number(rows)} rows were not copied. Select fewer.`,
            more: [],
          })
        }
        onTicksRefused={(rows) =>
          reclaim.tell({
            tone: "bad",
            text: `${number(rows)} rows were not selected. Select everybody in the list, or fewer at a time.`,
            more: [],
          })
        }
        onSort={(column, add) => reclaim.setSort(nextSort(sort, column.id, add))}
        onResize={(widths) =>
          reclaim.setColumns(
            columns.map((one) => ({ ...one, width: widths.get(one.attribute) ?? one.width })),
          )
        }
        onReorder={(from, before) => reclaim.setColumns(moveColumn(columns, from, before))}
        onColumnMenu={(column) => reclaim.setSort(nextSort(sort, column.id, false))}
        renderEditor={() => null}
      />
      {total === 0 && (
        <div className={styles.nobody}>
          <EmptyState title="Nobody here">{nobody(pile, filter !== null)}</EmptyState>
        </div>
      )}
      <Notices />
      {chosen && <SelectionBar all={ticks.of === "all" && count === total} count={count} />}
      {asked === "exempt" && chosen && (
        <ExemptDialog
          connection={connection}
          selection={chosen.selection}
          count={count}
          onClose={() => {
            reclaim.ask(null);
            setTimeout(() => grid.current?.focus());
          }}
        />
      )}
    </div>
  );
}

/** Tells the commands who is chosen. */
function useChosen(chosen: Chosen | null): void {
  const { setChosen } = useReclaim.getState();
  useEffect(() => setChosen(chosen), [setChosen, chosen]);
  useEffect(() => () => setChosen(null), [setChosen]);
}

function nobody(pile: (typeof PILES)[number]["pile"], narrowed: boolean): string {
  if (narrowed) return "Nobody of this pile is in this group.";
  switch (pile) {
    case "seen_long_ago":
      return "Everyone who was ever seen has been seen within this many days. Move the threshold to the left for a closer look.";
    case "left_still_active":
      return "Nobody has left by the HR records and still has a seat. Without a file of HR records nobody can be found here.";
    case "duplicates":
      return "Nobody has two records.";
    default:
      return PILES.find((one) => one.pile === pile)?.what ?? "";
  }
}

function keep(key: string, columns: ColumnLayout[]): void {
  const now = client.getQueryData<Preferences>(keys.preferences())?.columns ?? {};
  changePreferences({ columns: { ...now, [key]: columns } });
}
