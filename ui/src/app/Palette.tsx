import { Search, X } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { ariaKeys } from "../commands";
import { Kbd } from "../components";
import { useWindow } from "../state";
import styles from "./Palette.module.css";
import { entryId, PaletteList } from "./PaletteList";
import type { PaletteItem } from "./paletteItems";
import { usePaletteItems } from "./usePaletteItems";

/** From the box at the top to what is below it. */
function focusMain(): void {
  const target =
    document.querySelector<HTMLElement>("main [role=grid] [tabindex='0'], main [role=grid][tabindex='0']") ??
    document.getElementById("main");
  target?.focus();
}

/**
 * The box at the top. On People it narrows the table as one types; opened with its keys, or anywhere else, it
 * lists people, views, commands and connections below itself.
 */
export function Palette() {
  const connection = useWindow((state) => state.connection);
  const screen = useWindow((state) => state.screen);
  const search = useWindow((state) => state.search);
  const open = useWindow((state) => state.paletteOpen);
  const { setSearch, setPaletteOpen } = useWindow.getState();
  const [typed, setTyped] = useState("");
  const [cursor, setCursor] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const away = useRef(false);
  const listId = useId();

  const searching = connection !== null && screen === "people" && !open;
  const text = searching ? search : open ? typed : "";
  const items = usePaletteItems(open ? typed : null);
  const at = Math.min(cursor, Math.max(0, items.length - 1));

  const close = () => {
    setPaletteOpen(false);
    setTyped("");
    setCursor(0);
  };
  const choose = (item: PaletteItem) => {
    close();
    input.current?.blur();
    item.run();
    // A command that put the focus nowhere leaves it on what is below.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) {
        focusMain();
      }
    });
  };
  const change = (value: string) => {
    // As it is now, not as it was drawn last: the keys that opened the palette may be a moment ago.
    const now = useWindow.getState();
    if (now.connection !== null && now.screen === "people" && !now.paletteOpen && !value.startsWith(">")) {
      setSearch(value);
      return;
    }
    if (!now.paletteOpen) {
      setPaletteOpen(true);
    }
    setTyped(value);
    setCursor(0);
  };
  /** True where the key meant the list. */
  const moveOrChoose = ({ key }: KeyboardEvent): boolean => {
    const last = items.length - 1;
    const moved: Record<string, number> = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(last, at + 8),
      PageUp: Math.max(0, at - 8),
    };
    const next = moved[key];
    if (next !== undefined) {
      setCursor(Math.max(0, next));
      document.getElementById(entryId(listId, Math.max(0, next)))?.scrollIntoView({ block: "nearest" });
      return true;
    }
    const item = items[at];
    if (key === "Enter" && item !== undefined) {
      choose(item);
    }
    return key === "Enter";
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (open && moveOrChoose(event)) {
      event.preventDefault();
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (!open && searching && search !== "") {
        setSearch("");
      } else {
        close();
        focusMain();
      }
    } else if (searching && (event.key === "Enter" || event.key === "ArrowDown")) {
      event.preventDefault();
      focusMain();
    }
  };

  return (
    <div className={styles.place}>
      <div className={styles.box}>
        <Search aria-hidden="true" />
        <input
          ref={input}
          id="search"
          type="text"
          role="combobox"
          className={styles.input}
          aria-label="Search people, or type a command"
          aria-expanded={open}
          aria-controls={open ? listId : undefined}
          aria-autocomplete="list"
          aria-activedescendant={open && items.length > 0 ? entryId(listId, at) : undefined}
          aria-keyshortcuts={ariaKeys("Mod+K")}
          placeholder={connection === null ? "Type a command" : "Search people, or type a command"}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={press}
          onFocus={(event) => {
            if (away.current) {
              away.current = false;
              return;
            }
            if (!searching && !open) {
              setPaletteOpen(true);
            }
            event.target.select();
          }}
          onBlur={() => {
            // The whole window lost the keyboard: what is open here stays, or what is typed on coming back
            // would go elsewhere.
            if (document.activeElement === input.current) {
              away.current = true;
            } else {
              close();
            }
          }}
        />
        {searching && search !== "" ? (
          <button
            type="button"
            className={styles.clear}
            aria-label="Clear the search"
            onClick={() => {
              setSearch("");
              input.current?.focus();
            }}
          >
            <X aria-hidden="true" />
          </button>
        ) : (
          <Kbd keys="Mod+K" />
        )}
      </div>
      {open && (
        <PaletteList id={listId} items={items} at={at} typed={typed} onHover={setCursor} onChoose={choose} />
      )}
    </div>
  );
}
