import { useDeferredValue, useEffect, useMemo, useRef } from "react";
import { useCommands } from "../../commands";
import { EmptyState, ErrorState, Skeleton } from "../../components";
import { selectionOf } from "../../directory/chosen";
import { Floats, NoticeBox, ROOM_FOR_BAR } from "../../directory/Floats";
import { nextSort } from "../../directory/layout";
import type { ViewSession } from "../../directory/session";
import { useFollow } from "../../directory/useFollow";
import { useKeptColumns } from "../../directory/useKeptColumns";
import {
  refusal,
  useOfSession,
  useOwnSession,
  useSession,
  useTotal,
  viewId,
} from "../../directory/useSession";
import { useTickCount } from "../../directory/useTickCount";
import { number } from "../../format";
import { moveColumn } from "../../grid/columns";
import { Grid, type GridHandle } from "../../grid/Grid";
import { type Board, type Directory, usePreferences, type ViewQuery } from "../../host";
import { useWindow } from "../../state";
import { firstColumns, firstSort, reclaimColumns } from "./columns";
import { listCommands } from "./commands";
import { ExemptDialog } from "./ExemptDialog";
import styles from "./Reclaim.module.css";
import { SelectionBar } from "./SelectionBar";
import { type Chosen, useReclaim } from "./store";
import { PILES } from "./words";

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
  const compact = usePreferences().data?.compact ?? false;
  const first = useMemo(() => firstColumns(directory), [directory]);
  const { columns, shown } = useKeptColumns(`${connection}/reclaim`, reclaim.columns, first, attributes);

  // The same rules until others are meant: a new list of them would be another question, asked again at each drawing.
  const sort = useMemo(() => reclaim.sort ?? firstSort(attributes), [reclaim.sort, attributes]);
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
  useSession(session, connection, query, shown, grid);
  const view = useOfSession(session, viewId);
  const refused = useOfSession(session, refusal);
  const total = useTotal(session);
  const gridColumnList = useMemo(
    () => reclaimColumns(columns, attributes, sort),
    [columns, attributes, sort],
  );
  const follow = useFollow();
  const count = useTickCount(connection, session, view, ticks);
  const chosen = useMemo(
    (): Chosen | null =>
      view === null || count === 0
        ? null
        : { selection: selectionOf(ticks, view), count, pile: { pile, days: asDays } },
    [view, ticks, count, pile, asDays],
  );
  useChosen(chosen);
  useCommands(listCommands);

  if (refused) {
    return (
      <ErrorState title="The list could not be opened" error={refused} onRetry={() => session.ask(query)} />
    );
  }
  if (view === null) {
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
      <Floats>
        {chosen && <SelectionBar all={ticks.of === "all" && count === total} count={count} />}
        <NoticeBox notice={reclaim.notice} onPutAway={() => reclaim.tell(null)} />
      </Floats>
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
