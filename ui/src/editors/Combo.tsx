// biome-ignore-all lint/a11y/useSemanticElements: a <select> can neither be typed into nor show two lines.
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import styles from "./editors.module.css";

export interface ComboItem {
  key: string;
  label: ReactNode;
  /** On the right: how many people have it. */
  detail?: ReactNode;
  /** A second line. */
  under?: ReactNode;
  disabled?: boolean;
  /** Set off by a line: not one of those there are. */
  apart?: boolean;
}

export type EditExit = "commitDown" | "commitUp" | "commitNext" | "commitBack" | "stay";

export interface ComboProps {
  label: string;
  text: string;
  /** The value there is, while nothing is typed over it. */
  placeholder?: string;
  onText: (text: string) => void;
  items: readonly ComboItem[];
  /** The item that Enter takes before any arrow; null for none. */
  preferred: string | null;
  /** The items are those of the text; until then Enter waits, so that nothing is taken for an earlier text. */
  settled?: boolean;
  /** Selects the text on entry, so that typing replaces it. */
  selectAll: boolean;
  onPick: (key: string, exit: EditExit) => void;
  /** Enter or Tab with no item under the highlight. */
  onTyped: (exit: EditExit) => void;
  onCancel: () => void;
  onLeave: () => void;
  /** Below the list: what the text was read as, or why it can't be. */
  note?: ReactNode;
  noteTone?: "plain" | "bad";
  inCell: boolean;
  numeric?: boolean;
}

/** A text field with the list of what it may become. Arrows choose, Enter and Tab take, Esc reverts. */
export function Combo(props: ComboProps) {
  const { label, text, items, preferred, note, inCell } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [waiting, setWaiting] = useState<EditExit | null>(null);
  const settled = props.settled ?? true;
  const usable = items.filter((item) => !item.disabled);
  const at = usable.find((item) => item.key === chosen)?.key ?? preferred;
  const hasList = items.length > 0 || note !== undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: on entry only.
  useEffect(() => {
    input.current?.focus({ preventScroll: true });
    if (props.selectAll) input.current?.select();
  }, []);

  const move = (by: number) => {
    const from = usable.findIndex((item) => item.key === at);
    const next =
      usable[from < 0 ? (by > 0 ? 0 : usable.length - 1) : (from + by + usable.length) % usable.length];
    if (next) setChosen(next.key);
  };
  const finish = (exit: EditExit) => {
    if (!settled) setWaiting(exit);
    else if (at !== null) props.onPick(at, exit);
    else props.onTyped(exit);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what Enter takes is known once it is settled.
  useEffect(() => {
    if (waiting === null || !settled) return;
    setWaiting(null);
    finish(waiting);
  }, [waiting, settled]);
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (items.length === 0) return;
        move(event.key === "ArrowDown" ? 1 : -1);
        break;
      case "Enter":
        if (event.ctrlKey || event.metaKey) return;
        finish(event.shiftKey ? "commitUp" : "commitDown");
        break;
      case "Tab":
        finish(event.shiftKey ? "commitBack" : "commitNext");
        break;
      case "Escape":
        props.onCancel();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <input
        ref={input}
        className={inCell ? styles.cellInput : styles.input}
        style={props.numeric ? { textAlign: "right" } : undefined}
        role="combobox"
        aria-label={label}
        aria-expanded={hasList}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={at === null ? undefined : `${id}-${at}`}
        autoComplete="off"
        spellCheck={false}
        placeholder={props.placeholder}
        value={text}
        onChange={(event) => {
          setChosen(null);
          setWaiting(null);
          props.onText(event.target.value);
        }}
        onKeyDown={press}
        onBlur={props.onLeave}
        onPointerDown={(event) => event.stopPropagation()}
      />
      {hasList && (
        <Floating anchor={input}>
          <div id={`${id}-list`} role="listbox" aria-label={label} className={styles.list}>
            {items.map((item) => (
              <Item
                key={item.key}
                id={`${id}-${item.key}`}
                item={item}
                at={at === item.key}
                onPick={() => props.onPick(item.key, "stay")}
              />
            ))}
          </div>
          {note !== undefined && (
            <div className={props.noteTone === "bad" ? styles.badNote : styles.note} role="status">
              {note}
            </div>
          )}
        </Floating>
      )}
    </>
  );
}

function Item({ id, item, at, onPick }: { id: string; item: ComboItem; at: boolean; onPick: () => void }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (at) element.current?.scrollIntoView?.({ block: "nearest" });
  }, [at]);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and points here.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field does the same.
    <div
      ref={element}
      id={id}
      role="option"
      aria-selected={at}
      aria-disabled={item.disabled}
      className={[styles.item, item.apart && styles.apart, item.disabled && styles.disabled]
        .filter(Boolean)
        .join(" ")}
      // The field keeps the focus, or leaving it would end the edit first.
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => {
        if (!item.disabled) onPick();
      }}
    >
      <span className={styles.words}>
        <span className={styles.name}>{item.label}</span>
        {item.under !== undefined && <span className={styles.under}>{item.under}</span>}
      </span>
      {item.detail !== undefined && <span className={styles.detail}>{item.detail}</span>}
    </div>
  );
}

/** Under its anchor, or above where there is more room; goes along when the table scrolls. */
function Floating({
  anchor,
  children,
}: {
  anchor: React.RefObject<HTMLElement | null>;
  children: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const place = () => {
      const from = anchor.current?.getBoundingClientRect();
      const float = box.current;
      if (!from || !float) return;
      const below = window.innerHeight - from.bottom - 8;
      const above = from.top - 8;
      float.style.maxHeight = "";
      const up = below < float.offsetHeight && above > below;
      const width = Math.max(from.width, 240);
      float.style.width = `${width}px`;
      float.style.left = `${Math.max(4, Math.min(from.left, window.innerWidth - width - 4))}px`;
      float.style.maxHeight = `${Math.max(80, up ? above : below)}px`;
      float.style.top = up ? "" : `${from.bottom + 3}px`;
      float.style.bottom = up ? `${window.innerHeight - from.top + 3}px` : "";
    };
    place();
    document.addEventListener("scroll", place, true);
    window.addEventListener("resize", place);
    return () => {
      document.removeEventListener("scroll", place, true);
      window.removeEventListener("resize", place);
    };
  });
  return createPortal(
    <div ref={box} className={styles.float} data-react-aria-top-layer="true">
      {children}
    </div>,
    document.body,
  );
}
