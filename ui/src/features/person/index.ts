import type { Command } from "../../commands";
import { stopProtecting } from "../../directory/ProtectDialog";
import { asHostError, client, keys, type Person, type Protection } from "../../host";
import { announce, useWindow } from "../../state";
import { useProtecting } from "./protecting";

export { PersonPanel } from "./PersonPanel";

/** The person in the panel, as far as it is read. */
function shown(): Person | undefined {
  const { connection, panel } = useWindow.getState();
  return connection === null || panel === null
    ? undefined
    : client.getQueryData<Person>(keys.person(connection, panel.row));
}

/** Whether the person in the panel is on the admin's list of protected people. */
function listed(): boolean {
  const { connection } = useWindow.getState();
  const known =
    connection === null ? undefined : client.getQueryData<Protection[]>(keys.protectedPeople(connection));
  return known?.some((one) => one.row === shown()?.row) === true;
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
  {
    id: "person.protect",
    title: () => `Protect ${shown()?.name ?? "this person"}`,
    short: "Protect…",
    group: "People",
    when: () => shown()?.goneAt === null && !listed(),
    run: () => useProtecting.setState({ row: shown()?.row ?? null }),
  },
  {
    id: "person.unprotect",
    title: () => `Stop protecting ${shown()?.name ?? "this person"}`,
    short: "Stop protecting",
    group: "People",
    when: listed,
    run: () => {
      const { connection } = useWindow.getState();
      const person = shown();
      if (connection !== null && person) {
        stopProtecting(connection, person.row, person.name).catch((thrown: unknown) =>
          announce(asHostError(thrown).message),
        );
      }
    },
  },
];
