import { keyCaps } from "../commands/keys";
import { classes } from "./classes";
import styles from "./Kbd.module.css";

/** Keys as printed on this computer's keyboard. Decoration: the control itself names its keys to screen readers. */
export function Kbd({ keys, plain = false }: { keys: string; plain?: boolean }) {
  return (
    <span aria-hidden="true" className={classes(styles.keys, plain && styles.plain)}>
      {keyCaps(keys).map((cap) => (
        <span key={cap} className={styles.cap}>
          {cap}
        </span>
      ))}
    </span>
  );
}
