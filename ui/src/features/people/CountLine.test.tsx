import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { ViewSession } from "../../directory/session";
import type { Attribute, Directory, SavedView, ViewDefinition } from "../../host";
import { useWindow } from "../../state";
import { show, withHost } from "../../test/host";
import { CountLine } from "./CountLine";
import { changeDensity, isCompact } from "./density";
import { usePeople } from "./store";
import { columnsOf } from "./useColumns";

const attribute = (id: number): Attribute => ({
  id,
  key: `urn:x:${id}`,
  label: `Attribute ${id}`,
  kind: "option",
  role: id === 0 ? "name" : null,
  writable: true,
  required: false,
  filled: 3,
  distinct: 2,
});
const kept: ViewDefinition = {
  query: { search: "", filters: [], sort: [{ attribute: 12, descending: true }], pile: null },
  columns: [
    { attribute: 0, width: 0, pinned: true },
    { attribute: 12, width: 320, pinned: false },
  ],
  compact: true,
};
const view: SavedView = { id: 5, name: "Leavers", definition: kept, people: 40, followsDraft: false };
const directory: Directory = {
  attributes: [attribute(0), attribute(12)],
  people: 90,
  views: [view],
  columns: [0, 12],
};

const line = (definition: ViewDefinition) => (
  <CountLine
    session={new ViewSession(1)}
    canSave
    connection={1}
    directory={directory}
    definition={definition}
  />
);

beforeEach(() => {
  useWindow.setState({ connection: 1, screen: "people", savedView: 5 });
  usePeople.getState().apply(null);
});

it("brings back a view's sort, columns, widths and density", () => {
  usePeople.getState().apply(view);
  expect(usePeople.getState().sort).toEqual(kept.query.sort);
  expect(isCompact()).toBe(true);
  expect(columnsOf(kept.columns, directory)).toEqual(kept.columns);
});

it("changes a view's own density and leaves the window's alone", () => {
  const asked = withHost({ set_preferences: () => null });
  usePeople.getState().apply(view);
  changeDensity();
  expect(isCompact()).toBe(false);
  useWindow.setState({ savedView: null });
  usePeople.getState().apply(null);
  expect(isCompact(), "the window is as it was").toBe(false);
  expect(asked, "and nothing of it was written").toEqual([]);
});

it.each<[string, ViewDefinition]>([
  ["its density", { ...kept, compact: false }],
  ["a width", { ...kept, columns: kept.columns.map((column) => ({ ...column, width: 200 })) }],
  ["a column", { ...kept, columns: kept.columns.slice(0, 1) }],
])("offers to save a view with another value for %s", async (_, changed) => {
  const asked = withHost({ change_saved_view: () => view, directory_of: () => directory });
  show(line(changed));
  await userEvent.setup().click(screen.getByRole("button", { name: "Save changes" }));
  expect(asked.find((one) => one.command === "change_saved_view")?.args).toMatchObject({
    definition: changed,
  });
});

it("offers nothing while the view is as it was saved", () => {
  show(line(kept));
  expect(screen.queryByRole("button", { name: "Save changes" })).toBeNull();
});
