import { classes, Kbd } from "../components";
import styles from "./Palette.module.css";
import type { PaletteItem } from "./paletteItems";

/** Of an entry, by its place; the box says by it which one is active. */
export const entryId = (list: string, place: number) => `${list}-${place}`;

/** What fits, below the box, which keeps the focus. */
export function PaletteList({
  id,
  items,
  at,
  typed,
  onHover,
  onChoose,
}: {
  id: string;
  items: readonly PaletteItem[];
  /** The place of the active one. */
  at: number;
  typed: string;
  onHover: (place: number) => void;
  onChoose: (item: PaletteItem) => void;
}) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pressing in the list must not take the focus out of the box
    <div className={styles.drop} onMouseDown={(event) => event.preventDefault()}>
      <div role="listbox" id={id} aria-label="Matches" className={styles.list} tabIndex={-1}>
        {items.map((item, index) => (
          <Entry
            key={item.id}
            id={entryId(id, index)}
            item={item}
            heading={items[index - 1]?.group === item.group ? null : item.group}
            current={index === at}
            onHover={() => onHover(index)}
            onChoose={() => onChoose(item)}
          />
        ))}
      </div>
      {items.length === 0 && <p className={styles.none}>Nothing fits “{typed}”.</p>}
    </div>
  );
}

function Entry({
  id,
  item,
  heading,
  current,
  onHover,
  onChoose,
}: {
  id: string;
  item: PaletteItem;
  heading: string | null;
  current: boolean;
  onHover: () => void;
  onChoose: () => void;
}) {
  return (
    <>
      {heading !== null && (
        <div role="presentation" className={styles.heading}>
          {heading}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the box above hears the keys and says which entry is active */}
      <div
        id={id}
        role="option"
        aria-selected={current}
        tabIndex={-1}
        className={classes(styles.entry, current && styles.current)}
        onMouseMove={onHover}
        onClick={onChoose}
      >
        <span className={styles.title}>{item.title}</span>
        {item.detail !== undefined && <span className={styles.detail}>{item.detail}</span>}
        {item.keys !== undefined && <Kbd keys={item.keys} />}
      </div>
    </>
  );
}
