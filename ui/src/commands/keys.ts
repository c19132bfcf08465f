/** Keys are written "Mod+Shift+K"; Mod is Ctrl, and Command on a Mac. */

export interface Chord {
  mod: boolean;
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
  key: string;
}

export function isMac(platform: string = navigator.platform): boolean {
  return /mac|iphone|ipad/i.test(platform);
}

export function parseKeys(keys: string): Chord {
  const parts = keys.split("+");
  // "Mod++" ends with the plus key itself.
  const key = keys.endsWith("+") ? "+" : (parts.at(-1) ?? "");
  return {
    mod: parts.includes("Mod"),
    ctrl: parts.includes("Ctrl"),
    alt: parts.includes("Alt"),
    shift: parts.includes("Shift"),
    key: key.length === 1 ? key.toLowerCase() : key,
  };
}

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export function matches(chord: Chord, pressed: Pressed, mac: boolean): boolean {
  const key = pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key;
  if (key !== chord.key) {
    return false;
  }
  const mod = mac ? pressed.metaKey : pressed.ctrlKey;
  const ctrl = mac ? pressed.ctrlKey : false;
  if (mod !== chord.mod || ctrl !== chord.ctrl || pressed.altKey !== chord.alt) {
    return false;
  }
  if (!mac && pressed.metaKey) {
    return false;
  }
  // A sign such as "?" already carries whatever Shift it takes on this keyboard.
  const sign = chord.key.length === 1 && !/[a-z0-9]/.test(chord.key);
  return sign || pressed.shiftKey === chord.shift;
}

const NAMES: Record<string, string> = {
  Enter: "↵",
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Backspace: "Backspace",
  Delete: "Del",
  PageUp: "PgUp",
  PageDown: "PgDn",
  " ": "Space",
  ContextMenu: "Menu",
};

/** The caps to print, in order: "Mod+Enter" is "Ctrl", "↵". */
export function keyCaps(keys: string, mac: boolean = isMac()): string[] {
  const chord = parseKeys(keys);
  const caps: string[] = [];
  if (chord.mod) {
    caps.push(mac ? "⌘" : "Ctrl");
  }
  if (chord.ctrl) {
    caps.push(mac ? "⌃" : "Ctrl");
  }
  if (chord.alt) {
    caps.push(mac ? "⌥" : "Alt");
  }
  if (chord.shift) {
    caps.push(mac ? "⇧" : "Shift");
  }
  caps.push(NAMES[chord.key] ?? (chord.key.length === 1 ? chord.key.toUpperCase() : chord.key));
  return caps;
}

/** For `aria-keyshortcuts`. */
export function ariaKeys(keys: string, mac: boolean = isMac()): string {
  return keys.replace("Mod", mac ? "Meta" : "Control");
}
