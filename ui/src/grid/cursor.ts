/** The cell cursor: where it goes for each move, as in a spreadsheet. */

export interface Cell {
  row: number;
  column: number;
}

export interface Bounds {
  rows: number;
  columns: number;
  /** Rows that fit in the view. */
  page: number;
}

export type Move =
  | "up"
  | "down"
  | "left"
  | "right"
  | "pageUp"
  | "pageDown"
  | "rowStart"
  | "rowEnd"
  | "columnStart"
  | "columnEnd"
  | "start"
  | "end";

export function clampCell(cell: Cell, bounds: Bounds): Cell {
  return {
    row: Math.min(Math.max(0, cell.row), Math.max(0, bounds.rows - 1)),
    column: Math.min(Math.max(0, cell.column), Math.max(0, bounds.columns - 1)),
  };
}

/** Never leaves the table; one page moves all rows in view but one, so that one stays as a landmark. */
export function moveCell(cell: Cell, move: Move, bounds: Bounds): Cell {
  const step = Math.max(1, bounds.page - 1);
  const { row, column } = cell;
  const target: Cell = (() => {
    switch (move) {
      case "up":
        return { row: row - 1, column };
      case "down":
        return { row: row + 1, column };
      case "left":
        return { row, column: column - 1 };
      case "right":
        return { row, column: column + 1 };
      case "pageUp":
        return { row: row - step, column };
      case "pageDown":
        return { row: row + step, column };
      case "rowStart":
        return { row, column: 0 };
      case "rowEnd":
        return { row, column: bounds.columns - 1 };
      case "columnStart":
        return { row: 0, column };
      case "columnEnd":
        return { row: bounds.rows - 1, column };
      case "start":
        return { row: 0, column: 0 };
      case "end":
        return { row: bounds.rows - 1, column: bounds.columns - 1 };
    }
  })();
  return clampCell(target, bounds);
}

/**
 * Tab goes along the row. At its end there is no next cell: the focus leaves the table, which is
 * therefore never a trap for the keyboard (End, Tab is the way out from anywhere).
 */
export function tabCell(cell: Cell, back: boolean, bounds: Bounds): Cell | null {
  const column = cell.column + (back ? -1 : 1);
  if (column < 0 || column >= bounds.columns) return null;
  return { row: cell.row, column };
}
