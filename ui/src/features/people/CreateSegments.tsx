import { Checkbox } from "../../components";
import { number, people } from "../../format";
import type { NewSegment } from "../../host";
import styles from "./people.module.css";

const MOST_LISTED = 6;

interface CreateSegmentsProps {
  segments: readonly NewSegment[];
  isCreated: boolean;
  onCreate: (on: boolean) => void;
}

/** Values that nobody has become segments only when somebody says so. */
export function CreateSegments({ segments, isCreated, onCreate }: CreateSegmentsProps) {
  const [first] = segments;
  if (!first) return null;
  const rest = segments.length - MOST_LISTED;
  return (
    <section className={styles.questions} aria-label="Values that nobody has">
      <Checkbox isSelected={isCreated} onChange={onCreate}>
        {segments.length === 1
          ? `Create segment “${first.value}”`
          : `Create ${number(segments.length)} segments`}
      </Checkbox>
      <ul className={styles.segments}>
        {segments.slice(0, MOST_LISTED).map((one) => (
          <li key={one.value} className={styles.valueRow}>
            <span className={styles.valueBox}>
              {one.similar === null
                ? `“${one.value}”`
                : `“${one.value}” is much like “${one.similar}”, which people have`}
            </span>
            <span className={styles.share}>{people(one.people)}</span>
          </li>
        ))}
        {rest > 0 && <li className={styles.none}>and {number(rest)} more</li>}
      </ul>
    </section>
  );
}
