import { Search, X } from "lucide-react";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import { allCommands, ariaKeys, isAvailable, useCatalogue } from "../commands";
import { classes, Kbd } from "../components";
import { useConnections, useDirectory, usePersonChoices } from "../host";
import { turnTo, useWindow } from "../state";
import styles from "./Palette.module.css";
import { type PaletteItem, paletteItems } from "./paletteItems";

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
  const { setSearch, setPaletteOpen, setSavedView, setLocate, openPerson, go } = useWindow.getState();
  const [typed, setTyped] = useState("");
  const [cursor, setCursor] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const away = useRef(false);
  const listId = useId();

  const searching = connection !== null && screen === "people" && !open;
  const text = searching ? search : open ? typed : "";
  const persons = usePersonChoices(open && !typed.startsWith(">") ? connection : null, typed.trim(), 6).data;
  const directory = useDirectory(connection).data;
  const connections = useConnections().data;
  const catalogue = useCatalogue((state) => state.commands);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is available depends on the screen and the catalogue, which allCommands reads itself
  const items = useMemo(
    () =>
      open
        ? paletteItems(typed, {
            commands: allCommands().filter(isAvailable),
            persons: typed.trim() === "" ? [] : (persons ?? []),
            views: directory?.views ?? [],
            connections: (connections ?? []).filter((other) => other.id !== connection),
            connected: connection !== null,
            search: (wanted) => {
              go("people");
              setSearch(wanted);
            },
            openPerson: (person) => {
              go("people");
              setLocate(person.row);
              openPerson(person.row);
            },
            openView: (view) => {
              setSavedView(view.id);
              go("people");
            },
            switchTo: (other) => turnTo(other.id),
          })
        : [],
    [open, typed, persons, directory, connections, connection, screen, catalogue],
  );
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
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (open) {
      const last = items.length - 1;
      const moved: Record<string, number> = {
        ArrowDown: at >= last ? 0 : at + 1,
        ArrowUp: at <= 0 ? last : at - 1,
        PageDown: Math.min(last, at + 8),
        PageUp: Math.max(0, at - 8),
      };
      const next = moved[event.key];
      if (next !== undefined) {
        event.preventDefault();
        setCursor(Math.max(0, next));
        document.getElementById(`${listId}-${Math.max(0, next)}`)?.scrollIntoView({ block: "nearest" });
        return;
      }
      if (event.key === "Enter") {
        event.preventDefault();
        const item = items[at];
        if (item !== undefined) {
          choose(item);
        }
        return;
      }
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
          aria-activedescendant={open && items.length > 0 ? `${listId}-${at}` : undefined}
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
        // biome-ignore lint/a11y/noStaticElementInteractions: pressing in the list must not take the focus out of the box
        <div className={styles.drop} onMouseDown={(event) => event.preventDefault()}>
          <div role="listbox" id={listId} aria-label="Matches" className={styles.list} tabIndex={-1}>
            {items.map((item, index) => (
              <Entry
                key={item.id}
                id={`${listId}-${index}`}
                item={item}
                heading={items[index - 1]?.group === item.group ? null : item.group}
                current={index === at}
                onHover={() => setCursor(index)}
                onChoose={() => choose(item)}
              />
            ))}
          </div>
          {items.length === 0 && <p className={styles.none}>Nothing fits “{typed}”.</p>}
        </div>
      )}
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
