import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Attribute, Sort } from "../../host";
import { show } from "../../test/host";
import { GridMenus } from "./GridMenus";
import { usePeople } from "./store";

const department: Attribute = {
  id: 3,
  key: "urn:x:Department",
  label: "Department",
  kind: "option",
  role: "department",
  writable: true,
  required: false,
  filled: 2,
  distinct: 2,
};

/** The menu of the column, where the table is sorted so. */
function menu(sort: Sort[]) {
  usePeople.setState({ sort });
  show(
    <GridMenus
      menu={{ of: "column", attribute: department, at: { x: 10, y: 10 } }}
      columns={[{ attribute: 3, width: 0, pinned: false }]}
      onColumns={() => undefined}
      grid={{ current: null }}
      onOpen={() => undefined}
      onClear={() => undefined}
      onClose={() => undefined}
    />,
  );
}
const press = (name: string) => userEvent.setup().click(screen.getByRole("menuitem", { name }));

it("sorts by a column alone, whatever the table was sorted by", async () => {
  menu([{ attribute: 7, descending: false }]);
  await press("Sort descending");
  expect(usePeople.getState().sort).toEqual([{ attribute: 3, descending: true }]);
});

it("sorts by a column within what the table is sorted by", async () => {
  menu([
    { attribute: 7, descending: true },
    { attribute: 8, descending: false },
  ]);
  await press("Then by this, descending");
  expect(usePeople.getState().sort, "the others keep their order and their direction").toEqual([
    { attribute: 7, descending: true },
    { attribute: 8, descending: false },
    { attribute: 3, descending: true },
  ]);
});

it("moves a column that is sorted by already behind the others, and never has it twice", async () => {
  menu([
    { attribute: 3, descending: true },
    { attribute: 7, descending: false },
  ]);
  await press("Then by this, ascending");
  expect(usePeople.getState().sort).toEqual([
    { attribute: 7, descending: false },
    { attribute: 3, descending: false },
  ]);
});

it("offers no second place where nothing has the first", () => {
  menu([{ attribute: 3, descending: false }]);
  expect(screen.getByRole("menuitem", { name: "Sort ascending" })).toBeTruthy();
  expect(screen.queryByRole("menuitem", { name: /^Then by/ })).toBeNull();
});
