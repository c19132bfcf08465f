import { useEffect, useMemo, useRef, useState } from "react";
import { keyCaps } from "../../commands";
import { Button, EmptyState, ErrorState, Skeleton } from "../../components";
import { Floats, NoticeBox, ROOM_FOR_BAR } from "../../directory/Floats";
import { gridColumns, nextSort } from "../../directory/layout";
import type { ViewSession } from "../../directory/session";
import { useFollow } from "../../directory/useFollow";
import {
  refusal,
  useOfSession,
  useOwnSession,
  useSession,
  useTotal,
  viewId,
} from "../../directory/useSession";
import type { PersonRow } from "../../directory/values";
import { number } from "../../format";
import { moveColumn } from "../../grid/columns";
import { MOST_TICKED } from "../../grid/controller";
import { Grid, type GridHandle } from "../../grid/Grid";
import type { Block } from "../../grid/selection";
import type { GridColumn, GridRow } from "../../grid/types";
import {
  type Attribute,
  type ConnectionId,
  type Directory,
  usePreferences,
  type ViewQuery,
} from "../../host";
import { useSelection, useWindow } from "../../state";
import { fillBlock } from "./blocks";
import { CellEditor } from "./CellEditor";
import { CountLine } from "./CountLine";
import { GridMenus, type OpenMenu } from "./GridMenus";
import { PeopleDialogs } from "./PeopleDialogs";
import { paste } from "./pasting";
import styles from "./people.module.css";
import { SelectionBar } from "./SelectionBar";
import { clearEverything, usePeople } from "./store";
import { Toolbar } from "./Toolbar";
import { useColumns } from "./useColumns";
import {
  useChosen,
  useFit,
  useForgetAll,
  useLocate,
  usePlace,
  useSavedView,
  useSyncBehind,
} from "./useWindowState";

interface TableProps {
  connection: ConnectionId;
  directory: Directory;
}

export function PeopleTable({ connection, directory }: TableProps) {
  // Before the view opens: another connection's filters mean nothing here.
  useEffect(() => usePeople.getState().start(connection), [connection]);
  const session = useOwnSession(connection);
  return session && <Table connection={connection} directory={directory} session={session} />;
}

function Table({ connection, directory, session }: TableProps & { session: ViewSession }) {
  const grid = useRef<GridHandle>(null);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const search = useWindow((state) => state.search);
  const savedView = useWindow((state) => state.savedView);
  const panel = useWindow((state) => state.panel);
  const people = usePeople();
  const { filters, sort, ticks, notice } = people;
  const preferences = usePreferences().data;
  const { columns, shown, setColumns } = useColumns(connection, directory);
  const query = useMemo((): ViewQuery => ({ search, filters, sort, pile: null }), [search, filters, sort]);
  useSession(session, connection, query, shown, grid);
  const view = useOfSession(session, viewId);
  const refused = useOfSession(session, refusal);
  const compact = people.compact ?? preferences?.compact ?? false;
  const gridColumnList = useMemo(
    () => gridColumns(columns, directory.attributes, sort),
    [columns, directory, sort],
  );

  useSavedView(directory);
  useChosen(connection, session, view);
  useLocate(view, grid);
  useForgetAll(search);
  usePlace(session, view, query, grid);
  useSyncBehind(connection, session);

  useFit(grid);

  // The keyboard begins in the table, unless it is somewhere already.
  const ready = view !== null;
  useEffect(() => {
    if (ready && document.activeElement === document.body) grid.current?.focus();
  }, [ready]);

  const attributeOf = (column: GridColumn): Attribute | undefined =>
    shown.find((one) => one.id === column.id);
  const openPerson = (row: GridRow) => useWindow.getState().openPerson(row.id);
  const follow = useFollow();

  const askClear = (blocks: readonly Block[]) => {
    const writable = (block: Block) => shown.slice(block.left, block.right + 1).some((one) => one.writable);
    if (blocks.some(writable)) people.ask({ ask: "clear", blocks });
  };

  const hasQuery = search.trim() !== "" || filters.length > 0;
  const count = useSelection((state) => state.count);
  const definition = { query, columns, compact };
  return (
    <div className={styles.screen}>
      <h1 className="visually-hidden">People</h1>
      <Toolbar
        connection={connection}
        directory={directory}
        query={query}
        view={view}
        columns={columns}
        onColumns={setColumns}
        filterOpen={people.filterOpen}
        onFilterOpen={people.openFilter}
        columnsOpen={people.columnsOpen}
        onColumnsOpen={people.openColumns}
      />
      <CountLine
        session={session}
        canSave={hasQuery || sort.length > 0 || savedView !== null}
        directory={directory}
        connection={connection}
        definition={definition}
      />
      {refused ? (
        <ErrorState
          title="This view could not be opened"
          error={refused}
          onRetry={() => session.ask(query)}
        />
      ) : view === null ? (
        <div className={styles.loading}>
          <Skeleton rows={14} label="Reading the directory" />
        </div>
      ) : (
        <div className={styles.table}>
          <Grid
            handle={grid}
            label="People"
            columns={gridColumnList}
            source={session.cache}
            ticks={ticks}
            rowHeight={compact ? 26 : 32}
            openRow={panel?.row ?? null}
            tail={count > 0 ? ROOM_FOR_BAR : 0}
            onTicks={people.setTicks}
            onCursor={(_, row) => follow(row)}
            onOpen={openPerson}
            onClear={(_, blocks) => askClear(blocks)}
            onFill={(source, target) => {
              void fillBlock(connection, session, shown, source, target);
            }}
            onPaste={(texts, chosen, all) => {
              const inSight = grid.current?.rowsShown() ?? { first: 0, end: 0 };
              void paste(texts, chosen, all, { connection, session, columns: shown, inSight });
            }}
            onMenu={(cell, at) => {
              const row = session.cache.row(cell.row);
              const attribute = shown[cell.column];
              if (row && attribute) setMenu({ of: "cell", row, attribute, at });
            }}
            onEscape={() => useWindow.getState().closePanel()}
            onCopyRefused={(rows, apart) =>
              people.tell({
                tone: "bad",
                text: apart
                  ? "These blocks were not copied, as they make no table together. Choose blocks in the same rows, or in the same columns."
                  : `${number(rows)} rows were not copied. Export them instead, or select fewer.`,
                more: [],
              })
            }
            onTicksRefused={(rows) =>
              people.tell({
                tone: "bad",
                text:
                  rows > MOST_TICKED
                    ? `${number(rows)} rows are too many to select one by one. Select all that match (${keyCaps("Mod+A").join("+")}), and narrow with the search or a filter.`
                    : "These rows could not be selected, as the list changed meanwhile. Select them again.",
                more: [],
              })
            }
            onSort={(column, add) => people.setSort(nextSort(sort, column.id, add))}
            onResize={(widths) =>
              setColumns(columns.map((one) => ({ ...one, width: widths.get(one.attribute) ?? one.width })))
            }
            onReorder={(from, before) => setColumns(moveColumn(columns, from, before))}
            onColumnMenu={(column, at) => {
              const attribute = attributeOf(column);
              if (attribute) setMenu({ of: "column", attribute, at });
            }}
            renderEditor={({ row, column, typed, close }) => {
              const attribute = attributeOf(column);
              return (
                attribute && (
                  <CellEditor
                    connection={connection}
                    attribute={attribute}
                    person={row as PersonRow}
                    typed={typed}
                    close={close}
                  />
                )
              );
            }}
          />
          <Nobody search={search.trim()} session={session} />
          <Floats>
            <SelectionBar count={count} session={session} />
            <NoticeBox notice={notice} onPutAway={() => people.tell(null)} />
          </Floats>
        </div>
      )}
      {menu && (
        <GridMenus
          menu={menu}
          columns={columns}
          onColumns={setColumns}
          grid={grid}
          onOpen={openPerson}
          onClear={() => askClear(grid.current?.blocks() ?? [])}
          onClose={() => {
            setMenu(null);
            grid.current?.focus();
          }}
        />
      )}
      <PeopleDialogs
        connection={connection}
        directory={directory}
        session={session}
        shown={shown}
        definition={definition}
        onClosed={() => setTimeout(() => grid.current?.focus())}
      />
    </div>
  );
}

/** In place of rows, where there are none. */
function Nobody({ search, session }: { search: string; session: ViewSession }) {
  const note = useOfSession(session, ({ view }) => view?.note ?? null);
  if (useTotal(session) > 0) return null;
  return (
    <div className={styles.nobody}>
      <EmptyState
        title={search === "" ? "Nobody matches" : `Nobody matches “${search}”`}
        action={<Button onPress={clearEverything}>Clear search and filters</Button>}
      >
        {note ?? "Every word must be found somewhere in a person, and every filter must hold."}
      </EmptyState>
    </div>
  );
}
