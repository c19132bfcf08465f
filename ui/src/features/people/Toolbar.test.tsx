import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, it } from "vitest";
import type { Attribute, Directory, Filter, ViewQuery } from "../../host";
import { show, withHost } from "../../test/host";
import { usePeople } from "./store";
import { Toolbar } from "./Toolbar";

const attribute = (id: number, label: string): Attribute => ({
  id,
  key: `urn:x:${label}`,
  label,
  kind: "option",
  role: null,
  writable: true,
  required: false,
  filled: 90,
  distinct: 2,
});
const directory: Directory = {
  attributes: [attribute(2, "Department"), attribute(3, "Location")],
  people: 90,
  views: [],
  columns: [2, 3],
};
const filters: Filter[] = [
  { attribute: 2, test: { is: "any_of", values: ["Sales"] } },
  { attribute: 3, test: { is: "any_of", values: ["Madrid"] } },
];
const query: ViewQuery = { search: "ana", filters, sort: [], pile: null };

/** Department alone finds 40, Location alone 1,200; nobody is found by both. */
function host(answer: (filters: Filter[]) => number) {
  let views = 0;
  return withHost({
    open_view: (args) => {
      views += 1;
      const total = answer((args.query as ViewQuery).filters);
      return { id: views, version: 1, total, of: 5000, note: null };
    },
    close_view: () => null,
    facet: () => ({
      attribute: 2,
      values: [{ value: "Sales", shown: null, people: 3 }],
      distinct: 1,
      people: 3,
    }),
  });
}

function toolbar(filterOpen = false) {
  return (
    <Toolbar
      connection={1}
      directory={directory}
      query={query}
      view={1}
      columns={[]}
      onColumns={() => undefined}
      filterOpen={filterOpen}
      onFilterOpen={() => undefined}
      columnsOpen={false}
      onColumnsOpen={() => undefined}
    />
  );
}

beforeEach(() => {
  usePeople.getState().start(1);
  usePeople.getState().setFilters(filters);
});

it("says on each chip how many people it alone matches, whatever else narrows the table", async () => {
  const asked = host((one) => (one[0]?.attribute === 2 ? 40 : 1200));
  show(toolbar());
  expect(
    await screen.findByRole("button", { name: /^Department is\s*Sales\s*40\s*people match$/ }),
  ).toBeTruthy();
  expect(
    await screen.findByRole("button", { name: /^Location is\s*Madrid\s*1,200\s*people match$/ }),
  ).toBeTruthy();
  const queries = asked
    .filter((one) => one.command === "open_view")
    .map((one) => one.args.query as ViewQuery);
  expect(queries.map((one) => [one.search, one.filters])).toEqual(filters.map((filter) => ["", [filter]]));
});

it("keeps the chips where no count can be had", async () => {
  const asked = host(() => {
    throw { code: "failed", message: "No view.", detail: null };
  });
  show(toolbar());
  await screen.findByRole("button", { name: /^Department is\s*Sales$/ });
  expect(asked.length, "it was asked for").toBeGreaterThan(0);
});

it("makes another filter each time that it is opened, whoever opens it", async () => {
  host(() => 3);
  usePeople.getState().setFilters([]);
  let open: (open: boolean) => void = () => undefined;
  function Window() {
    const [isOpen, setOpen] = useState(false);
    open = setOpen;
    return toolbar(isOpen);
  }
  show(<Window />);
  const user = userEvent.setup();
  for (const picked of ["Department", "Location"]) {
    // By its key: the button was not pressed.
    act(() => open(true));
    await user.click(await screen.findByRole("button", { name: new RegExp(`^${picked}`) }));
    await user.click(await screen.findByRole("checkbox", { name: /^Sales/ }));
    act(() => open(false));
  }
  expect(usePeople.getState().filters.map((one) => one.attribute)).toEqual([2, 3]);
});
