import { useEffect, useRef } from "react";
import type { GridRow } from "../grid/types";
import { useWindow } from "../state";

/** The panel follows the cursor once a held key rests. */
const FOLLOW_AFTER = 90;

/** The panel, once open, shows whoever the cursor is on. */
export function useFollow(): (row: GridRow | undefined) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (row) => {
    clearTimeout(timer.current);
    if (!row) return;
    timer.current = setTimeout(() => {
      const { panel, openPerson } = useWindow.getState();
      if (panel && panel.row !== row.id) openPerson(row.id);
    }, FOLLOW_AFTER);
  };
}
