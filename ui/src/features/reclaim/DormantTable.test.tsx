import { act, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import type { Attribute, Board, Directory, Row } from "../../host";
import { useWindow } from "../../state";
import { show, withHost } from "../../test/host";
import { DormantTable } from "./DormantTable";
import { useReclaim } from "./store";

const attribute = (id: number, label: string, role: Attribute["role"]): Attribute => ({
  id,
  key: "",
  label,
  kind: id === 0 ? "text" : "number",
  role,
  writable: false,
  required: false,
  filled: 2,
  distinct: 2,
});
const directory: Directory = {
  attributes: [attribute(0, "Name", "name"), attribute(7, "Days since last seen", "days_seen")],
  people: 2,
  views: [],
  columns: [0],
};
const row = (id: number, name: string): Row => ({
  id,
  name,
  status: "active",
  cells: [{ value: name }, { value: "200" }],
  act: null,
  protected: false,
});

// jsdom lays nothing out.
beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});

it("asks for its list once, and again only when something else is asked", async () => {
  useWindow.setState({ connection: 1, screen: "reclaim", panel: null });
  const view = { id: 4, version: 1, total: 2, of: 2, note: null };
  const rows = [row(1, "Ruiz, Ana"), row(2, "Li, Bo")];
  const window = { view: 4, version: 1, start: 0, total: 2, rows };
  const asked = withHost({
    preferences: () => ({ columns: {}, compact: false }),
    show_view: () => ({ view, window }),
    close_view: () => null,
    window: () => window,
  });
  useReclaim.getState().start(1);
  show(<DormantTable board={{ connection: 1 } as Board} directory={directory} days={90} />);
  await screen.findByText("All 2 selected");
  const lists = () => asked.filter((one) => one.command === "show_view").map((one) => one.args.view);
  expect(lists(), "the answer is no reason to ask again").toEqual([null]);
  act(() => useReclaim.getState().setSort([{ attribute: 0, descending: false }]));
  await vi.waitFor(() => expect(lists()).toEqual([null, 4]));
  act(() => useReclaim.getState().tell({ tone: "plain", text: "Something else was done.", more: [] }));
  await screen.findByText("Something else was done.");
  expect(lists()).toEqual([null, 4]);
});
