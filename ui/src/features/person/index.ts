import type { Command } from "../../commands";
import { client, keys, type Person } from "../../host";
import { useWindow } from "../../state";

export { PersonPanel } from "./PersonPanel";

/** The person in the panel, as far as it is read. */
function shown(): Person | undefined {
  const { connection, panel } = useWindow.getState();
  return connection === null || panel === null
    ? undefined
    : client.getQueryData<Person>(keys.person(connection, panel.row));
}

export const personCommands: readonly Command[] = [
  {
    id: "person.history",
    title: () => `History of ${shown()?.name ?? "this person"}`,
    group: "People",
    when: () => shown() !== undefined,
    run: () => {
      const person = shown();
      if (person) useWindow.getState().showHistory({ row: person.row, run: null, label: person.name });
    },
  },
];
