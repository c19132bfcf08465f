import { useEffect, useMemo, useRef, useState } from "react";
import { Button, EmptyState, ErrorState, Skeleton } from "../../components";
import { ExemptMatching } from "../../directory/ExemptTerms";
import { Floats, NoticeBox, ROOM_FOR_BAR } from "../../directory/Floats";
import { gridColumns, nextSort } from "../../directory/layout";
import { ProtectDialog } from "../../directory/ProtectDialog";
import type { ViewSession } from "../../directory/session";
import { useFollow } from "../../directory/useFollow";
import { useOwnSession, useSession } from "../../directory/useSession";
import { heldValue, type PersonRow, readable } from "../../directory/values";
import { ValueEditor } from "../../editors";
import { counted, number, people as peopleIn } from "../../format";
import type { TextBlock } from "../../grid/clipboard";
import { moveColumn } from "../../grid/columns";
import { MOST_TICKED } from "../../grid/controller";
import { type EditorProps, Grid, type GridHandle } from "../../grid/Grid";
import { type Block, blockRows, pasteTarget } from "../../grid/selection";
import type { GridColumn, GridRow } from "../../grid/types";
import {
  type Attribute,
  type ConnectionId,
  type Directory,
  host,
  usePreferences,
  type ViewQuery,
} from "../../host";
import { announce, useSelection, useWindow } from "../../state";
import { BulkDialog } from "./BulkDialog";
import { fillBlock, layAll, MOST_PASTED, setOrClear } from "./blocks";
import { ClearDialog } from "./ClearDialog";
import { CountLine } from "./CountLine";
import { GridMenus, type OpenMenu } from "./GridMenus";
import { PasteDialog } from "./PasteDialog";
import styles from "./people.module.css";
import { SaveViewDialog } from "./SavedViews";
import { SelectionBar } from "./SelectionBar";
import { failureNotice, refusalNotice, stageEdit } from "./staging";
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
import { queryWords } from "./words";

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
  const { filters, sort, ticks, asked, notice } = people;
  const preferences = usePreferences().data;
  const { columns, shown, setColumns } = useColumns(connection, directory);
  const query = useMemo((): ViewQuery => ({ search, filters, sort, pile: null }), [search, filters, sort]);
  const { state, total } = useSession(session, connection, query, shown, grid);
  const view = state.view?.id ?? null;
  const compact = people.compact ?? preferences?.compact ?? false;
  const gridColumnList = useMemo(
    () => gridColumns(columns, directory.attributes, sort),
    [columns, directory, sort],
  );

  useSavedView(directory);
  useChosen(view, total);
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
  const rowAt = (index: number): PersonRow | undefined => session.cache.row(index);
  const openPerson = (row: GridRow) => useWindow.getState().openPerson(row.id);
  const follow = useFollow();

  const paste = async (texts: TextBlock, chosen: Block, all: readonly Block[]) => {
    const one = texts.length === 1 && texts[0]?.length === 1;
    if (all.length > 1 && !one) {
      people.tell({
        tone: "bad",
        text: "A block goes into one place at a time. Choose one block of cells, or copy one value for all of them.",
        more: [],
      });
      return;
    }
    const into = one ? all : [chosen];
    const { end } = grid.current?.rowsShown() ?? { end: 0 };
    const targets = into.map((target) => pasteTarget(target, texts.length, texts[0]?.length ?? 1).block);
    const rows = targets.reduce((sum, block) => sum + blockRows(block), 0);
    if (rows > MOST_PASTED) {
      people.tell({
        tone: "bad",
        text: `${number(rows)} rows are more than a paste takes (${number(MOST_PASTED)}), so nothing was staged. Bring them in as a file instead.`,
        more: [],
      });
      return;
    }
    const beyond = targets.some(
      (block) => block.bottom >= Math.min(end, total) || block.right >= shown.length,
    );
    try {
      const laid = await layAll(texts, into, shown, session);
      if (!beyond) {
        const { cells, fixed } = laid;
        if (cells.length > 0 && fixed.length === 0) {
          const look = await host.stagePasted(connection, cells, null, true);
          if (look.refusedTotal === 0) {
            const staged = await host.stagePasted(connection, cells, null, false);
            people.tell(refusalNotice(staged));
            announce(`Pasted ${counted(cells.length, "cell")}`);
            return;
          }
        }
      }
      people.ask({ ask: "paste", texts, into, laid });
    } catch (thrown) {
      people.tell(failureNotice(thrown));
    }
  };

  const editor = ({ row, column, typed, close }: EditorProps) => {
    const attribute = attributeOf(column);
    const person = row as PersonRow;
    if (!attribute) return null;
    const cell = person.raw[attribute.id];
    const value = heldValue(cell);
    return (
      <ValueEditor
        connection={connection}
        attribute={attribute}
        value={value}
        shown={readable(attribute.kind, value, cell?.staged ? cell.staged.shown : cell?.shown)}
        typed={typed}
        inCell
        onCancel={() => close("cancel")}
        onCommit={(edited, exit) => {
          close(exit);
          void stageEdit(
            connection,
            { of: "rows", rows: [row.id] },
            setOrClear(attribute, edited.value, edited.newOption),
          );
        }}
      />
    );
  };

  const askClear = (blocks: readonly Block[]) => {
    const writable = (block: Block) => shown.slice(block.left, block.right + 1).some((one) => one.writable);
    if (blocks.some(writable)) people.ask({ ask: "clear", blocks });
  };

  const closeDialog = () => {
    people.ask(null);
    setTimeout(() => grid.current?.focus());
  };
  const hasQuery = search.trim() !== "" || filters.length > 0;
  const { selection, count } = useSelection();
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
        total={total}
        of={state.view?.of ?? directory.people}
        note={state.view?.note ?? null}
        ready={state.view !== null}
        canSave={hasQuery || sort.length > 0 || savedView !== null}
        directory={directory}
        connection={connection}
        definition={{ query, columns, compact }}
      />
      {state.error && !state.view ? (
        <ErrorState
          title="This view could not be opened"
          error={state.error}
          onRetry={() => session.ask(query)}
        />
      ) : state.view === null ? (
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
            total={total}
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
            onPaste={(texts, chosen, all) => void paste(texts, chosen, all)}
            onMenu={(cell, at) => {
              const row = rowAt(cell.row);
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
                    ? `${number(rows)} rows are too many to select one by one. Select all that match (Ctrl+A), and narrow with the search or a filter.`
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
            renderEditor={editor}
          />
          {total === 0 && (
            <div className={styles.nobody}>
              <EmptyState
                title={search.trim() !== "" ? `Nobody matches “${search.trim()}”` : "Nobody matches"}
                action={<Button onPress={clearEverything}>Clear search and filters</Button>}
              >
                {state.view.note ??
                  "Every word must be found somewhere in a person, and every filter must hold."}
              </EmptyState>
            </div>
          )}
          <Floats>
            <SelectionBar count={count} total={total} />
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
      {asked?.ask === "edit" && selection && (
        <BulkDialog
          connection={connection}
          attributes={directory.attributes}
          selection={selection}
          count={count}
          title={asked.title}
          attribute={asked.attribute}
          onClose={closeDialog}
        />
      )}
      {asked?.ask === "clear" && view !== null && (
        <ClearDialog
          connection={connection}
          session={session}
          columns={shown}
          blocks={asked.blocks}
          onClose={closeDialog}
        />
      )}
      {asked?.ask === "paste" && (
        <PasteDialog
          connection={connection}
          columns={shown}
          texts={asked.texts}
          into={asked.into}
          laid={asked.laid}
          onClose={closeDialog}
        />
      )}
      {asked?.ask === "exempt" && (
        <ExemptMatching
          connection={connection}
          asked={query}
          people={total}
          words={queryWords(query, directory.attributes, people.names)}
          onClose={closeDialog}
        />
      )}
      {asked?.ask === "protect" && selection && (
        <ProtectDialog
          connection={connection}
          selection={selection}
          whom={peopleIn(count)}
          onClose={closeDialog}
        />
      )}
      {asked?.ask === "saveView" && (
        <SaveViewDialog
          connection={connection}
          definition={{ query, columns, compact }}
          onClose={closeDialog}
        />
      )}
    </div>
  );
}
