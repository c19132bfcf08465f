import { useEffect } from "react";
import { create } from "zustand";
import { isMac, matches, type Pressed, parseKeys } from "./keys";

export type CommandGroup = "Go" | "People" | "Edit" | "Draft" | "Run" | "Connection" | "View" | "Help";

/** Where a command's keys are heard. Those of the grid and the panel are handled there and listed here. */
export type Scope = "global" | "grid" | "panel" | "review";

export interface Command {
  id: string;
  title: string | (() => string);
  /** What a button or a menu says, where it is plain what it is about. */
  short?: string;
  group: CommandGroup;
  keys?: string;
  /** More keys for the same thing, listed only in the overlay of keys. */
  otherKeys?: readonly string[];
  when?: () => boolean;
  run: () => void;
  /** It takes something away: drawn so in menus, and never what the palette does unless it is chosen. */
  danger?: boolean;
  /** Left out of the palette: a movement, say. */
  hidden?: boolean;
  scope?: Scope;
  /** Holding the keys down does it again and again. */
  repeats?: boolean;
  /** The keys work in a text field too; by default only chords with Mod or a function key do. */
  inText?: boolean;
}

interface Catalogue {
  commands: readonly Command[];
}

export const useCatalogue = create<Catalogue>()(() => ({ commands: [] }));

/** Adds commands; the answer takes them out again. A later command with the same id stands in for the earlier. */
export function registerCommands(added: readonly Command[]): () => void {
  useCatalogue.setState((now) => ({ commands: [...now.commands, ...added] }));
  return () => {
    useCatalogue.setState((now) => ({
      commands: now.commands.filter((command) => !added.includes(command)),
    }));
  };
}

/** Registers commands for as long as the component is on screen. Give a list that is stable between renders. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => registerCommands(commands), [commands]);
}

export function allCommands(): readonly Command[] {
  const byId = new Map<string, Command>();
  for (const command of useCatalogue.getState().commands) {
    byId.set(command.id, command);
  }
  return [...byId.values()];
}

export function findCommand(id: string): Command | undefined {
  return allCommands().find((command) => command.id === id);
}

export function titleOf(command: Command): string {
  return typeof command.title === "function" ? command.title() : command.title;
}

/** The keys to show beside a command: the first that it answers to. */
export function keyOf(id: string): string | undefined {
  const command = findCommand(id);
  return command && keysOf(command)[0];
}

/** A command of the catalogue as it stands now. */
export function useCommand(id: string): Command | undefined {
  return useCatalogue((state) => state.commands.findLast((command) => command.id === id));
}

export function isAvailable(command: Command): boolean {
  return command.when?.() ?? true;
}

export function runCommand(id: string): void {
  const command = findCommand(id);
  if (command !== undefined && isAvailable(command)) {
    command.run();
  }
}

export function keysOf(command: Command): readonly string[] {
  return [...(command.keys === undefined ? [] : [command.keys]), ...(command.otherKeys ?? [])];
}

/** Two commands that would hear the same keys in the same place. */
export function clashes(commands: readonly Command[]): string[] {
  const taken = new Map<string, string>();
  const found: string[] = [];
  for (const command of commands) {
    for (const keys of keysOf(command)) {
      const place = `${command.scope ?? "global"} ${keys.toLowerCase()}`;
      const other = taken.get(place);
      if (other !== undefined && other !== command.id) {
        found.push(`${other} and ${command.id} both answer to ${keys}`);
      }
      taken.set(place, command.id);
    }
  }
  return found;
}

const TEXT_INPUTS = new Set(["text", "search", "password", "email", "url", "number", "tel", ""]);

export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) {
    return true;
  }
  return target instanceof HTMLInputElement && TEXT_INPUTS.has(target.type);
}

/** Editing keys that belong to the text field when the focus is in one. */
const TEXT_KEYS = new Set([
  "mod+z",
  "mod+shift+z",
  "mod+y",
  "mod+a",
  "mod+c",
  "mod+v",
  "mod+x",
  "mod+shift+backspace",
]);

function heardInText(command: Command, keys: string): boolean {
  if (command.inText !== undefined) {
    return command.inText;
  }
  if (TEXT_KEYS.has(keys.toLowerCase())) {
    return false;
  }
  return keys.includes("Mod+") || /^F\d+$/.test(keys);
}

/** The global command these keys mean here and now. */
export function commandFor(pressed: Pressed, inText: boolean, mac: boolean = isMac()): Command | undefined {
  return allCommands().find(
    (command) =>
      (command.scope ?? "global") === "global" &&
      isAvailable(command) &&
      keysOf(command).some(
        (keys) => matches(parseKeys(keys), pressed, mac) && (!inText || heardInText(command, keys)),
      ),
  );
}

/** Chords no control has a use for of its own. */
function isChord(pressed: Pressed): boolean {
  return pressed.ctrlKey || pressed.metaKey || /^F\d+$/.test(pressed.key);
}

/**
 * Hears the keys of all global commands. Called once. Chords are heard before any control: a button takes Enter for a press even
 * with Ctrl held, and Ctrl+Enter on "Deactivate" would deactivate again where review was meant. Other keys are heard
 * after, so that what has the focus comes first.
 */
export function hearKeys(target: Pick<Document, "addEventListener" | "removeEventListener">): () => void {
  const heard = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) {
      return;
    }
    // A dialog is a place of its own: nothing behind it is done by keys.
    if (
      event.target instanceof Element &&
      event.target.closest("[role=dialog], [role=alertdialog]") !== null
    ) {
      return;
    }
    const command = commandFor(event, isTextField(event.target));
    if (command === undefined) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || command.repeats === true) {
      command.run();
    }
  };
  const early = (event: KeyboardEvent) => {
    if (isChord(event)) {
      heard(event);
    }
  };
  const late = (event: KeyboardEvent) => {
    if (!isChord(event)) {
      heard(event);
    }
  };
  target.addEventListener("keydown", early, true);
  target.addEventListener("keydown", late);
  return () => {
    target.removeEventListener("keydown", early, true);
    target.removeEventListener("keydown", late);
  };
}
