// biome-ignore-all lint/a11y/useSemanticElements: a real <table> cannot stand at a position among a million rows; the roles say what it is.
import { ArrowDown, ArrowUp, ChevronDown } from "lucide-react";
import { type PointerEvent, useState, useSyncExternalStore } from "react";
import { clampWidth, type Layout } from "./columns";
import styles from "./grid.module.css";
import { ALL_TICKS, NO_TICKS, type Ticks, tickState } from "./selection";
import type { GridColumn, RowSource } from "./types";

export interface HeaderProps {
  columns: readonly GridColumn[];
  layout: Layout;
  /** Width of the view, CSS pixels. */
  room: number;
  source: RowSource;
  ticks: Ticks;
  onTicks: (ticks: Ticks) => void;
  onSort: (column: GridColumn, add: boolean) => void;
  onResize: (column: GridColumn, width: number) => void;
  onFit: (column: GridColumn) => void;
  /** Drops a column before another one, or at the end. */
  onReorder: (from: number, before: number) => void;
  onColumnMenu: (column: GridColumn, at: { x: number; y: number }) => void;
}

interface Drag {
  from: number;
  startX: number;
  before: number | null;
}

/** Names of the columns: a click sorts, the edge resizes, dragging moves. By keys the cell's menu does the same. */
export function Header(props: HeaderProps) {
  const { columns, room } = props;
  const [drag, setDrag] = useState<Drag | null>(null);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid itself is the one Tab stop; rows take no focus.
    <div role="row" aria-rowindex={1} className={styles.header} style={{ width: room }}>
      <div role="columnheader" aria-colindex={1} tabIndex={-1} className={styles.tick}>
        <TickAll {...props} />
      </div>
      {columns.map((column, index) => (
        <ColumnHeader key={column.id} {...props} column={column} index={index} drag={drag} onDrag={setDrag} />
      ))}
    </div>
  );
}

function TickAll({ source, ticks, onTicks }: HeaderProps) {
  const total = useSyncExternalStore(source.subscribe, () => source.total);
  const state = tickState(ticks, total);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Ctrl+A in the grid does the same.
    <span
      role="checkbox"
      tabIndex={-1}
      aria-checked={state === "some" ? "mixed" : state === "all"}
      aria-label="Select everyone in this view"
      className={styles.box}
      onClick={() => onTicks(state === "all" ? NO_TICKS : ALL_TICKS)}
    />
  );
}

function ColumnHeader({
  column,
  columns,
  index,
  layout,
  drag,
  onDrag,
  onSort,
  onReorder,
  onResize,
  onFit,
  onColumnMenu,
}: HeaderProps & {
  column: GridColumn;
  index: number;
  drag: Drag | null;
  onDrag: (drag: Drag | null) => void;
}) {
  const place = layout.places[index];
  const pinned = index < layout.pinned;
  const sorted = column.sort;
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    onDrag({ from: index, startX: event.clientX, before: null });
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (drag?.from !== index) return;
    if (drag.before === null && Math.abs(event.clientX - drag.startX) < 6) return;
    const heads = event.currentTarget.parentElement?.querySelectorAll("[data-column]") ?? [];
    let before = columns.length;
    for (const [at, head] of Array.from(heads).entries()) {
      const box = head.getBoundingClientRect();
      if (event.clientX < box.left + box.width / 2) {
        before = at;
        break;
      }
    }
    onDrag({ ...drag, before });
  };
  const release = (event: PointerEvent<HTMLDivElement>) => {
    if (drag?.from !== index) return;
    onDrag(null);
    if (drag.before === null) onSort(column, event.shiftKey);
    else if (drag.before !== index && drag.before !== index + 1) onReorder(index, drag.before);
  };
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      aria-colindex={index + 2}
      aria-sort={sorted ? (sorted.descending ? "descending" : "ascending") : "none"}
      data-column={column.id}
      className={[
        styles.columnHeader,
        pinned && styles.pinned,
        pinned && index === layout.pinned - 1 && styles.edge,
        index === layout.pinned && styles.firstOfTheRest,
        column.numeric && styles.headerNumeric,
        drag?.from === index && drag.before !== null && styles.dragged,
        drag !== null && drag.before === index && styles.dropBefore,
      ]
        .filter(Boolean)
        .join(" ")}
      style={{ width: place?.width }}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={() => onDrag(null)}
      onContextMenu={(event) => {
        event.preventDefault();
        onColumnMenu(column, { x: event.clientX, y: event.clientY });
      }}
    >
      <span className={styles.title} title={column.title}>
        {column.title}
      </span>
      {sorted && (sorted.descending ? <ArrowDown aria-hidden="true" /> : <ArrowUp aria-hidden="true" />)}
      {sorted && sorted.rank > 0 && <span className={styles.rank}>{sorted.rank}</span>}
      <button
        type="button"
        tabIndex={-1}
        className={styles.more}
        aria-label={`${column.title}: sort, filter, hide`}
        aria-haspopup="menu"
        onPointerDown={(event) => event.stopPropagation()}
        onPointerUp={(event) => event.stopPropagation()}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          onColumnMenu(column, { x: box.left, y: box.bottom });
        }}
      >
        <ChevronDown aria-hidden="true" />
      </button>
      <Resizer
        width={place?.width ?? 0}
        onResize={(width) => onResize(column, width)}
        onFit={() => onFit(column)}
      />
    </div>
  );
}

function Resizer({
  width,
  onResize,
  onFit,
}: {
  width: number;
  onResize: (width: number) => void;
  onFit: () => void;
}) {
  const [from, setFrom] = useState<{ x: number; width: number } | null>(null);
  return (
    <div
      aria-hidden="true"
      className={styles.resizer}
      data-active={from ? "" : undefined}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom({ x: event.clientX, width });
      }}
      onPointerMove={(event) => {
        if (from) onResize(clampWidth(from.width + event.clientX - from.x));
      }}
      onPointerUp={(event) => {
        event.stopPropagation();
        setFrom(null);
      }}
      onDoubleClick={(event) => {
        event.stopPropagation();
        onFit();
      }}
    />
  );
}
