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

/** How early the text stands in the title: at its start, at a word's start, anywhere. */
function rank(title: string, text: string): number {
  const folded = fold(title);
  const wanted = fold(text.trim());
  if (folded.startsWith(wanted)) {
    return 0;
  }
  return folded.includes(` ${wanted}`) ? 1 : 2;
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

/** What the palette offers for a text; ">" before it asks for commands only. */
export function paletteItems(typed: string, sources: PaletteSources): PaletteItem[] {
  const onlyCommands = typed.startsWith(">");
  const text = (onlyCommands ? typed.slice(1) : typed).trim();
  const items: PaletteItem[] = [];
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
          detail: people(view.people),
          run: () => sources.openView(view),
        });
      }
    }
  }
  const commands = sources.commands
    .filter((command) => command.hidden !== true && fits(titleOf(command), text))
    .map((command, place) => ({ command, place, rank: text === "" ? 0 : rank(titleOf(command), text) }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place);
  for (const { command } of commands) {
    items.push({
      id: `command-${command.id}`,
      group: "Commands",
      title: titleOf(command),
      keys: keysOf(command)[0],
      run: command.run,
    });
  }
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
