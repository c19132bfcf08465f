// biome-ignore-all lint/a11y/useSemanticElements: a real <table> cannot stand at a position among a million rows; the roles say what it is.
import {
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { clampWidth, layoutColumns } from "./columns";
import { GridController, type GridHandlers, type Held, type Place } from "./controller";
import type { Cell } from "./cursor";
import styles from "./grid.module.css";
import { Header } from "./Header";
import type { Block, Ticks } from "./selection";
import type { GridColumn, GridRow, RowSource } from "./types";
import { GridView } from "./view";

export type Exit = "commitDown" | "commitUp" | "commitNext" | "commitBack" | "cancel" | "stay";

export interface EditorProps {
  row: GridRow;
  column: GridColumn;
  /** What was typed to begin with, to replace the value; null to change the value there is. */
  typed: string | null;
  /** Ends the edit and says where the cursor goes. */
  close: (exit: Exit) => void;
}

export interface GridHandle {
  focus: () => void;
  cursor: () => Cell;
  block: () => Block;
  /** Every block that is chosen, the one the cursor is in last. */
  blocks: () => readonly Block[];
  place: () => Place | null;
  restore: (place: Place) => void;
  moveTo: (cell: Cell) => void;
  /** Brings a row into view and puts the cursor on it. */
  bring: (row: number) => void;
  /** Which rows stay chosen however the list changes; null in a table nobody has touched. */
  held: () => Held | null;
  /** They stand elsewhere now: cursor, block and view go along. */
  follow: (from: Held, to: Held) => void;
  toStart: () => void;
  edit: (typed: string | null) => void;
  /** Makes columns as wide as what is on screen; all of them when none is named. */
  fitWidths: (columns?: readonly number[]) => void;
  /** As `fitWidths`, for the columns of what is chosen. */
  fitChosen: () => void;
  /** How wide a column is drawn, CSS pixels. */
  widthOf: (column: number) => number;
  rowsShown: () => { first: number; end: number };
  hasFocus: () => boolean;
}

export interface GridProps extends Omit<GridHandlers, "onEdit" | "onFit"> {
  label: string;
  /** Pinned ones first. */
  columns: readonly GridColumn[];
  source: RowSource;
  ticks: Ticks;
  /** CSS pixels. */
  rowHeight: number;
  openRow: number | null;
  /** Room below the last row for what floats there, CSS pixels. */
  tail: number;
  onSort: (column: GridColumn, add: boolean) => void;
  /** New widths by column, CSS pixels. */
  onResize: (widths: ReadonlyMap<number, number>) => void;
  onReorder: (from: number, before: number) => void;
  onColumnMenu: (column: GridColumn, at: { x: number; y: number }) => void;
  renderEditor: (props: EditorProps) => ReactNode;
  handle: Ref<GridHandle>;
}

interface Editing {
  cell: Cell;
  row: GridRow;
  column: GridColumn;
  typed: string | null;
}

/** A table of any length. Rows are painted outside React; see `view.ts`. */
export function Grid(props: GridProps) {
  const { label, columns, source, ticks, rowHeight, openRow, tail, handle, renderEditor } = props;
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const fillHandle = useRef<HTMLDivElement>(null);
  const editor = useRef<HTMLDivElement>(null);
  const live = useRef<HTMLDivElement>(null);
  const machine = useRef<{ view: GridView; controller: GridController } | null>(null);
  const [room, setRoom] = useState(0);
  const [editing, setEditing] = useState<Editing | null>(null);

  const layout = useMemo(() => layoutColumns(columns, room), [columns, room]);

  const beginEdit = (cell: Cell, typed: string | null) => {
    const row = source.row(cell.row);
    const column = columns[cell.column];
    if (row && column?.editable && row.tone !== "removed") setEditing({ cell, row, column, typed });
  };
  const fitWidths = (chosen?: readonly number[]) => {
    const shown = machine.current?.view.rowsShown ?? { first: 0, end: 0 };
    const fitted = columns.filter((column) => chosen?.includes(column.id) ?? true);
    props.onResize(new Map(fitted.map((column) => [column.id, widthOfContent(column, source, shown)])));
  };
  const scene = useMemo(
    () => ({ id, columns, layout, source, ticks, rowHeight, openRow, tail }),
    [id, columns, layout, source, ticks, rowHeight, openRow, tail],
  );
  const handlers: GridHandlers = {
    onTicks: props.onTicks,
    onCursor: props.onCursor,
    onOpen: props.onOpen,
    onEdit: beginEdit,
    onClear: props.onClear,
    onFill: props.onFill,
    onPaste: props.onPaste,
    onMenu: props.onMenu,
    onEscape: props.onEscape,
    onCopyRefused: props.onCopyRefused,
    onTicksRefused: props.onTicksRefused,
    onFit: fitWidths,
  };

  // Made once; what React knows is handed over after each render, below.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first scene only starts the machine.
  useLayoutEffect(() => {
    const parts = {
      scroller: scroller.current,
      canvas: canvas.current,
      stage: stage.current,
      rows: rows.current,
      handle: fillHandle.current,
      editor: editor.current,
    };
    if (!isWhole(parts) || !live.current) return;
    const view = new GridView(parts, scene);
    const controller = new GridController(view, parts.scroller, live.current, handlers);
    machine.current = { view, controller };
    const measure = () => {
      view.measure();
      setRoom(parts.scroller.clientWidth);
      controller.paint();
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(parts.scroller);
    // The display’s scale and the page’s zoom decide how long the spacer may be.
    window.addEventListener("resize", measure);
    const stop = controller.listen();
    const aside = () => frame.current?.toggleAttribute("data-scrolled", parts.scroller.scrollLeft > 0);
    parts.scroller.addEventListener("scroll", aside, { passive: true });
    return () => {
      stop();
      sizes.disconnect();
      window.removeEventListener("resize", measure);
      parts.scroller.removeEventListener("scroll", aside);
      parts.rows.replaceChildren();
      machine.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    if (machine.current) machine.current.controller.handlers = handlers;
  });
  useLayoutEffect(() => {
    const now = machine.current;
    if (now) now.view.show(scene, now.controller.marks);
  }, [scene]);

  useEffect(() => source.subscribe(() => machine.current?.controller.settle()), [source]);

  useLayoutEffect(() => {
    const now = machine.current;
    if (now) now.controller.editing = editing !== null;
  }, [editing]);

  const close = (exit: Exit) => {
    setEditing(null);
    scroller.current?.focus({ preventScroll: true });
    machine.current?.controller.step(exit);
  };

  useImperativeHandle(handle, () => ({
    focus: () => scroller.current?.focus({ preventScroll: true }),
    cursor: () => machine.current?.controller.cursor ?? { row: 0, column: 0 },
    block: () => machine.current?.controller.block ?? { top: 0, left: 0, bottom: 0, right: 0 },
    blocks: () => machine.current?.controller.blocks ?? [],
    place: () => machine.current?.controller.place ?? null,
    restore: (place) => machine.current?.controller.restore(place),
    moveTo: (cell) => machine.current?.controller.moveTo(cell),
    bring: (row) =>
      machine.current?.controller.bring({ row, column: machine.current.controller.cursor.column }),
    held: () => machine.current?.controller.held ?? null,
    follow: (from, to) => machine.current?.controller.follow(from, to),
    toStart: () => machine.current?.controller.toStart(),
    edit: (typed) => {
      const cell = machine.current?.controller.cursor;
      if (cell) beginEdit(cell, typed);
    },
    fitWidths,
    fitChosen: () => machine.current?.controller.fitChosen(),
    widthOf: (column) => layout.places[columns.findIndex((one) => one.id === column)]?.width ?? 0,
    rowsShown: () => machine.current?.view.rowsShown ?? { first: 0, end: 0 },
    hasFocus: () => document.activeElement === scroller.current,
  }));

  return (
    <div
      ref={frame}
      className={styles.frame}
      data-editing={editing ? "" : undefined}
      style={{ "--grid-row": `${rowHeight}px` } as React.CSSProperties}
    >
      <div
        ref={scroller}
        id={id}
        className={styles.scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
      >
        <div ref={canvas} className={styles.canvas} style={{ width: layout.width }}>
          <Header
            columns={columns}
            layout={layout}
            room={room}
            source={source}
            ticks={ticks}
            onTicks={props.onTicks}
            onSort={props.onSort}
            onResize={(column, width) => props.onResize(new Map([[column.id, width]]))}
            onFit={(column) => fitWidths([column.id])}
            onReorder={props.onReorder}
            onColumnMenu={props.onColumnMenu}
          />
          <div ref={stage} className={styles.stage} style={{ width: room }}>
            <div ref={rows} className={styles.rows} role="rowgroup" data-rows="" />
            <div ref={fillHandle} className={styles.handle} data-handle="" aria-hidden="true" hidden />
            {/* A row and a cell of its own, as a grid may hold nothing else. */}
            <div ref={editor} className={styles.editor} role="row" tabIndex={-1} hidden={editing === null}>
              {editing && (
                <div role="gridcell" tabIndex={-1} className={styles.editorCell}>
                  {renderEditor({ row: editing.row, column: editing.column, typed: editing.typed, close })}
                </div>
              )}
            </div>
          </div>
        </div>
      </div>
      <div ref={live} role="status" aria-live="polite" className="visually-hidden" />
    </div>
  );
}

function isWhole<Parts extends Record<string, HTMLElement | null>>(
  parts: Parts,
): parts is Parts & Record<keyof Parts, HTMLElement> {
  return Object.values(parts).every((part) => part !== null);
}

/** Wide enough for what is on screen, title and marks included. */
function widthOfContent(
  column: GridColumn,
  source: RowSource,
  shown: { first: number; end: number },
): number {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return column.natural;
  const family = getComputedStyle(document.body).fontFamily;
  context.font = `500 12px ${family}`;
  let widest = context.measureText(column.title).width + 24;
  for (let index = shown.first; index < shown.end; index += 1) {
    const cell = source.row(index)?.cells[column.id];
    if (!cell) continue;
    const old = cell.old ? context.measureText(cell.old).width + 6 : 0;
    const marks = (cell.dot || cell.old !== undefined ? 12 : 0) + (cell.odd ? 20 : 0);
    widest = Math.max(widest, context.measureText(cell.text).width + old + marks);
  }
  return clampWidth(Math.ceil(widest) + 24);
}
