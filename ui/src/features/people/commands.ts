import type { Command } from "../../commands";
import { counted } from "../../format";
import { ALL_TICKS, NO_TICKS } from "../../grid/selection";
import type { Format } from "../../host";
import { useSelection, useWindow } from "../../state";
import {
  copyChosen,
  deactivateChosen,
  editChosen,
  managerOf,
  moveChosen,
  protectChosen,
  stageChosen,
} from "./acts";
import { exportShown, FORMATS } from "./exporting";
import { clearEverything, hasSelection, usePeople } from "./store";

const onPeople = () => useWindow.getState().screen === "people";
const chosen = () => onPeople() && hasSelection();
const forChosen = (verb: string) => () =>
  `${verb} ${counted(useSelection.getState().count, "selected person", "selected people")}`;

/** Listed for the overlay of keys; the table itself hears them. */
const keysOf = (id: string, title: string, keys: string, otherKeys?: readonly string[]): Command => ({
  id: `grid.${id}`,
  title,
  group: "Edit",
  keys,
  otherKeys,
  scope: "grid",
  hidden: true,
  run: () => undefined,
});

export const peopleCommands: readonly Command[] = [
  {
    id: "people.edit",
    title: forChosen("Edit"),
    short: "Edit",
    group: "People",
    when: chosen,
    run: editChosen,
  },
  {
    id: "people.moveToManager",
    title: forChosen("Move to a manager:"),
    short: "Move to manager",
    group: "People",
    when: () => chosen() && managerOf(useWindow.getState().connection) !== undefined,
    run: moveChosen,
  },
  {
    id: "people.deactivate",
    title: forChosen("Deactivate"),
    short: "Deactivate",
    group: "People",
    danger: true,
    when: chosen,
    run: deactivateChosen,
  },
  {
    id: "people.activate",
    title: forChosen("Activate"),
    short: "Activate",
    group: "People",
    when: chosen,
    run: () => stageChosen({ do: "activate" }),
  },
  {
    id: "people.delete",
    title: forChosen("Delete"),
    short: "Delete",
    group: "People",
    danger: true,
    when: chosen,
    run: () => stageChosen({ do: "delete" }),
  },
  {
    id: "people.protect",
    title: forChosen("Protect"),
    short: "Protect…",
    group: "People",
    when: chosen,
    run: protectChosen,
  },
  {
    id: "people.copy",
    title: forChosen("Copy"),
    short: "Copy as a table",
    group: "People",
    when: chosen,
    run: copyChosen,
  },
  ...FORMATS.map(
    ({ format, title }): Command => ({
      id: exportId(format),
      title: `Export what is shown: ${title}`,
      short: title,
      group: "People",
      when: () => onPeople() && useWindow.getState().view !== null,
      run: () => exportShown(format),
    }),
  ),
  {
    id: "people.selectAll",
    title: "Select everyone in this view",
    group: "People",
    keys: "Mod+A",
    scope: "grid",
    when: onPeople,
    run: () => usePeople.getState().setTicks(ALL_TICKS),
  },
  {
    id: "grid.selectNone",
    title: "Clear the selection",
    group: "People",
    keys: "Escape",
    scope: "grid",
    when: chosen,
    run: () => usePeople.getState().setTicks(NO_TICKS),
  },
  {
    id: "people.filter",
    title: "Add a filter",
    group: "View",
    keys: "Mod+Shift+F",
    when: onPeople,
    run: () => usePeople.getState().openFilter(true),
  },
  {
    id: "people.columns",
    title: "Choose columns",
    group: "View",
    when: onPeople,
    run: () => usePeople.getState().openColumns(true),
  },
  {
    id: "people.fitChosen",
    title: "Fit the column to its content",
    group: "View",
    keys: "Mod+Shift+W",
    scope: "grid",
    when: onPeople,
    run: () => usePeople.getState().fitColumns("chosen"),
  },
  {
    id: "people.fitAll",
    title: "Fit all columns to their content",
    group: "View",
    when: onPeople,
    run: () => usePeople.getState().fitColumns("all"),
  },
  {
    id: "people.saveView",
    title: "Save as a view",
    group: "View",
    when: onPeople,
    run: () => usePeople.getState().ask({ ask: "saveView" }),
  },
  {
    id: "people.exempt",
    title: "Exempt everybody who matches from Reclaim",
    group: "People",
    when: () => {
      const { filters } = usePeople.getState();
      const narrowed = useWindow.getState().search.trim() !== "" || filters.length > 0;
      // Who has a staged change is another question in a minute.
      return onPeople() && narrowed && filters.every((one) => one.test.is !== "staged");
    },
    run: () => usePeople.getState().ask({ ask: "exempt" }),
  },
  {
    id: "people.staged",
    title: "Show only people with staged changes",
    group: "View",
    when: onPeople,
    run: () => {
      const { filters, setFilters } = usePeople.getState();
      if (!filters.some((filter) => filter.test.is === "staged")) {
        setFilters([...filters, { attribute: 0, test: { is: "staged" } }]);
      }
    },
  },
  {
    id: "people.clear",
    title: "Clear search and filters",
    group: "View",
    when: onPeople,
    run: clearEverything,
  },
  keysOf("move", "Move between cells", "ArrowUp", [
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "Tab",
    "Shift+Tab",
  ]),
  keysOf("ends", "To the first or last row or column", "Mod+ArrowUp", [
    "Mod+ArrowDown",
    "Mod+ArrowLeft",
    "Mod+ArrowRight",
    "Home",
    "End",
  ]),
  keysOf("corners", "To the first or last cell", "Mod+Home", ["Mod+End"]),
  keysOf("page", "A page up or down", "PageUp", ["PageDown"]),
  keysOf("extend", "Extend the block of cells", "Shift+ArrowUp", [
    "Shift+ArrowDown",
    "Shift+ArrowLeft",
    "Shift+ArrowRight",
    "Shift+PageUp",
    "Shift+PageDown",
  ]),
  keysOf("extendFar", "Extend the block to the edge", "Mod+Shift+ArrowUp", [
    "Mod+Shift+ArrowDown",
    "Mod+Shift+ArrowLeft",
    "Mod+Shift+ArrowRight",
    "Shift+Home",
    "Shift+End",
    "Mod+Shift+Home",
    "Mod+Shift+End",
  ]),
  keysOf("edit", "Edit the cell; typing replaces its value", "Enter", ["F2"]),
  keysOf("clear", "Clear the value", "Delete", ["Backspace"]),
  keysOf("copyBlock", "Copy and paste a block, to and from a spreadsheet", "Mod+C", ["Mod+V"]),
  keysOf("fill", "Fill down or right", "Mod+D", ["Mod+R"]),
  keysOf("open", "Open the person", "Space"),
  keysOf("tick", "Select the row, or the rows of the block", "Shift+Space"),
  keysOf("column", "The whole column as a block", "Mod+Space"),
  keysOf("menu", "Menu of the cell and its column", "Shift+F10", ["ContextMenu"]),
];

/** The command that writes what is shown in a format. */
export function exportId(format: Format): string {
  return `people.export.${format}`;
}
