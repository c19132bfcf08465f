import { PersonPanel } from "../features/person";
import { useWindow } from "../state";
import styles from "./PanelSlot.module.css";

/** The slot on the right; there is nothing of it while nothing is in it. */
export function PanelSlot() {
  const panel = useWindow((state) => state.panel);
  const connection = useWindow((state) => state.connection);
  if (panel === null || connection === null) {
    return null;
  }
  return (
    <aside className={styles.slot} aria-label="Details">
      <PersonPanel row={panel.row} />
    </aside>
  );
}
