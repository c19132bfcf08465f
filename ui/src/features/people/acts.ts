/** Acts on the chosen people, as the bar, the menus and the palette run them. */

import { personRow } from "../../directory/values";
import { people } from "../../format";
import { copyLater, textsOf } from "../../grid/copying";
import { client, type Directory, type Edit, host, keys } from "../../host";
import { announce, useSelection, useWindow } from "../../state";
import { failureNotice, stageEdit } from "./staging";
import { usePeople } from "./store";

export function editChosen(): void {
  const { count } = useSelection.getState();
  if (count > 0) usePeople.getState().ask({ ask: "edit", attribute: null, title: `Edit ${people(count)}` });
}

export function managerOf(connection: number | null) {
  if (connection === null) return undefined;
  const directory = client.getQueryData<Directory>(keys.directory(connection));
  return directory?.attributes.find((one) => one.role === "manager" && one.writable);
}

export function moveChosen(): void {
  const { count } = useSelection.getState();
  const manager = managerOf(useWindow.getState().connection);
  if (count > 0 && manager) {
    usePeople
      .getState()
      .ask({ ask: "edit", attribute: manager.id, title: `Move ${people(count)} to a manager` });
  }
}

export function stageChosen(edit: Edit): void {
  const { connection } = useWindow.getState();
  const { selection } = useSelection.getState();
  if (connection !== null && selection) void stageEdit(connection, selection, edit);
}

export function deactivateChosen(): void {
  stageChosen({ do: "deactivate" });
}

export function protectChosen(): void {
  if (useSelection.getState().count > 0) usePeople.getState().ask({ ask: "protect" });
}

export function copyChosen(): void {
  const { connection } = useWindow.getState();
  const { selection, count } = useSelection.getState();
  const { shown } = usePeople.getState();
  if (connection === null || !selection) return;
  const directory = client.getQueryData<Directory>(keys.directory(connection));
  const columns = shown.flatMap((id) => directory?.attributes.find((one) => one.id === id) ?? []);
  const heading = columns.map((one) => one.label);
  // Of the columns that are known: cells come in the order asked for, and are read by it.
  const ids = columns.map((one) => one.id);
  const texts = host.chosenRows(connection, selection, ids).then((rows) => [
    heading,
    ...textsOf(
      rows.map((row) => personRow(row, columns)),
      columns,
    ),
  ]);
  // What the clipboard makes of a failure says less than the failure.
  copyLater(texts)
    .catch(() => texts.then(() => Promise.reject(new Error("the clipboard took nothing"))))
    .then(() => announce(`Copied ${people(count)}`))
    .catch((thrown: unknown) => usePeople.getState().tell(failureNotice(thrown)));
}
