/** What a key asks of the table. One place, so that help, tests and the table agree. */

import type { Move } from "./cursor";

export interface Key {
  key: string;
  /** Control, or Command on a Mac. */
  command: boolean;
  shift: boolean;
  alt: boolean;
}

export type Intent =
  | { do: "move"; move: Move; extend: boolean }
  | { do: "tab"; back: boolean }
  | { do: "edit" }
  | { do: "type"; text: string }
  | { do: "clear" }
  | { do: "escape" }
  | { do: "open" }
  | { do: "tick" }
  | { do: "selectAll" }
  | { do: "selectColumn" }
  | { do: "fillDown" }
  | { do: "fillRight" }
  | { do: "menu" }
  /** The columns of the block as wide as what they show. */
  | { do: "fit" };

const MOVES: Readonly<Record<string, { plain: Move; command?: Move }>> = {
  ArrowUp: { plain: "up", command: "columnStart" },
  ArrowDown: { plain: "down", command: "columnEnd" },
  ArrowLeft: { plain: "left", command: "rowStart" },
  ArrowRight: { plain: "right", command: "rowEnd" },
  Home: { plain: "rowStart", command: "start" },
  End: { plain: "rowEnd", command: "end" },
  PageUp: { plain: "pageUp" },
  PageDown: { plain: "pageDown" },
};

/** null: not the table's; the window, the palette or the browser may have it. Copy, cut and paste come as clipboard events. */
export function intentOf(key: Key, mac = false): Intent | null {
  const moves = MOVES[key.key];
  const move = key.command ? moves?.command : moves?.plain;
  if (move && !key.alt) return { do: "move", move, extend: key.shift };
  if (key.command && !key.alt) {
    switch (key.key.toLowerCase()) {
      case "a":
        return key.shift ? null : { do: "selectAll" };
      case "d":
        return key.shift ? null : { do: "fillDown" };
      case "r":
        return key.shift ? null : { do: "fillRight" };
      case "w":
        return key.shift ? { do: "fit" } : null;
      case " ":
        return key.shift ? null : { do: "selectColumn" };
      default:
        return null;
    }
  }
  if (key.command) return null;
  // On a Mac, Option with a key is a letter of its own: "Łódź" begins with one.
  if (key.alt) return mac && isPrintable(key.key) ? { do: "type", text: key.key } : null;
  switch (key.key) {
    case "Tab":
      return { do: "tab", back: key.shift };
    case "Enter":
    case "F2":
      return key.shift ? null : { do: "edit" };
    case "Delete":
    case "Backspace":
      return key.shift ? null : { do: "clear" };
    case "Escape":
      return key.shift ? null : { do: "escape" };
    case " ":
      return { do: key.shift ? "tick" : "open" };
    case "ContextMenu":
      return key.shift ? null : { do: "menu" };
    case "F10":
      return key.shift ? { do: "menu" } : null;
    default:
      break;
  }
  // The window's own: search, and the overlay of keys.
  if (key.key === "/" || key.key === "?") return null;
  // One character, as the user sees it: a letter with its marks may be several code units.
  if (isPrintable(key.key)) return { do: "type", text: key.key };
  return null;
}

function isPrintable(key: string): boolean {
  const [first, ...rest] = [...key];
  if (first === undefined || /^[\p{Cc}\p{Cs}\p{Z}]/u.test(first)) return false;
  return rest.every((mark) => /\p{M}/u.test(mark));
}

/** In an open editor: what ends it, and where the cursor goes then. */
export function editorExit(
  key: Key,
): "commitDown" | "commitUp" | "commitNext" | "commitBack" | "cancel" | null {
  if (key.command || key.alt) return null;
  if (key.key === "Enter") return key.shift ? "commitUp" : "commitDown";
  if (key.key === "Tab") return key.shift ? "commitBack" : "commitNext";
  if (key.key === "Escape") return "cancel";
  return null;
}
