import { number, percent } from "../../format";
import styles from "./people.module.css";

/** How many people a choice would leave, and of how many, once that is known. */
export function Count({ people, of }: { people: number | undefined; of?: number }) {
  if (people === undefined) return null;
  return (
    <span className={styles.share}>
      {number(people)}
      {of !== undefined && (
        <span className={styles.percent}>{of > 0 ? percent((people * 100) / of) : ""}</span>
      )}
    </span>
  );
}
