import { type Command, keysOf, titleOf } from "../commands";
import { people } from "../format";
import type { Connection, PersonChoice, SavedView } from "../host";

export interface PaletteItem {
  id: string;
  group: "People" | "Views" | "Commands" | "Connections";
  title: string;
  detail?: string;
  keys?: string;
  run: () => void;
}

const fold = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** All words of the text occur in the title, in any order; accents and letter case do not count. */
export function fits(title: string, text: string): boolean {
  const folded = fold(title);
  return fold(text)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

const WHOLE = 0;
const AT_START = 1;
const AT_WORD = 2;
const ANYWHERE = 3;

/** How much of the title the text is, and how early it stands there. */
function rank(title: string, text: string): number {
  const folded = fold(title);
  const wanted = fold(text);
  if (folded === wanted) {
    return WHOLE;
  }
  if (folded.startsWith(wanted)) {
    return AT_START;
  }
  return folded.includes(` ${wanted}`) ? AT_WORD : ANYWHERE;
}

/** A single letter names no command yet. */
const FEWEST_LETTERS = 2;

/** Named by its title or how that begins, a command comes before a search for people; a grave one waits to be chosen. */
function leads({ command, rank }: { command: Command; rank: number }, text: string): boolean {
  return text.length >= FEWEST_LETTERS && rank <= AT_START && command.danger !== true;
}

export interface PaletteSources {
  commands: readonly Command[];
  persons: readonly PersonChoice[];
  views: readonly SavedView[];
  connections: readonly Connection[];
  search: (text: string) => void;
  openPerson: (person: PersonChoice) => void;
  openView: (view: SavedView) => void;
  switchTo: (connection: Connection) => void;
  /** There is a directory to search. */
  connected: boolean;
}

function commandItem({ command }: { command: Command }): PaletteItem {
  return {
    id: `command-${command.id}`,
    group: "Commands",
    title: titleOf(command),
    keys: keysOf(command)[0],
    run: command.run,
  };
}

/** What the palette offers for a text; ">" before it asks for commands only. */
export function paletteItems(typed: string, sources: PaletteSources): PaletteItem[] {
  const onlyCommands = typed.startsWith(">");
  const text = (onlyCommands ? typed.slice(1) : typed).trim();
  const items: PaletteItem[] = [];
  const commands = sources.commands
    .filter((command) => command.hidden !== true && fits(titleOf(command), text))
    .map((command, place) => ({ command, place, rank: rank(titleOf(command), text) }))
    .sort((a, b) => (text === "" ? 0 : a.rank - b.rank) || a.place - b.place);
  const first = commands.filter((one) => leads(one, text));
  const rest = commands.filter((one) => !first.includes(one));
  items.push(...first.map(commandItem));
  if (!onlyCommands && text !== "" && sources.connected) {
    items.push({
      id: "search-people",
      group: "People",
      title: `Search people for “${text}”`,
      run: () => sources.search(text),
    });
    for (const person of sources.persons) {
      items.push({
        id: `person-${person.row}`,
        group: "People",
        title: person.name,
        detail: [person.title, person.department].filter(Boolean).join(" · "),
        run: () => sources.openPerson(person),
      });
    }
  }
  if (!onlyCommands) {
    for (const view of sources.views) {
      if (fits(view.name, text)) {
        items.push({
          id: `view-${view.id}`,
          group: "Views",
          title: view.name,
          detail: view.people === null ? "" : people(view.people),
          run: () => sources.openView(view),
        });
      }
    }
  }
  items.push(...rest.map(commandItem));
  if (!onlyCommands) {
    for (const connection of sources.connections) {
      if (fits(connection.name, text)) {
        items.push({
          id: `connection-${connection.id}`,
          group: "Connections",
          title: `Switch to ${connection.name}`,
          run: () => sources.switchTo(connection),
        });
      }
    }
  }
  return items;
}
