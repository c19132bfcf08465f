import { useMemo } from "react";
import { allCommands, isAvailable, useCatalogue } from "../commands";
import { withoutAll } from "../directory/chosen";
import { usePeople } from "../features/people/store";
import { useConnections, useDirectory, usePersonChoices } from "../host";
import { turnTo, useWindow } from "../state";
import { type PaletteItem, paletteItems } from "./paletteItems";

/** What the palette offers for a text; nothing for null, when it is closed. */
export function usePaletteItems(typed: string | null): PaletteItem[] {
  const connection = useWindow((state) => state.connection);
  const screen = useWindow((state) => state.screen);
  const wanted = typed?.startsWith(">") ? "" : (typed?.trim() ?? "");
  const persons = usePersonChoices(connection, wanted, 6).data;
  const directory = useDirectory(connection).data;
  const connections = useConnections().data;
  const catalogue = useCatalogue((state) => state.commands);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is available depends on the screen and the catalogue, which allCommands reads itself
  return useMemo(() => {
    if (typed === null) {
      return [];
    }
    const { go, setSearch, setLocate, openPerson, setSavedView } = useWindow.getState();
    return paletteItems(typed, {
      commands: allCommands().filter(isAvailable),
      // Those of the text before stand in until the next are there, and of no text there are none.
      persons: wanted === "" ? [] : (persons ?? []),
      views: directory?.views ?? [],
      connections: (connections ?? []).filter((other) => other.id !== connection),
      connected: connection !== null,
      search: (text) => {
        go("people");
        // "Everybody here" was said of another search.
        const { ticks, setTicks } = usePeople.getState();
        setTicks(withoutAll(ticks));
        setSearch(text);
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
    });
  }, [typed, wanted, persons, directory, connections, connection, screen, catalogue]);
}
