import { QueryClientProvider } from "@tanstack/react-query";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { ViewSession } from "../../directory/session";
import type { PersonRow } from "../../directory/values";
import { type Attribute, client, type Selection, type Staged } from "../../host";
import { show, withHost } from "../../test/host";
import { ClearDialog } from "./ClearDialog";

const column = (id: number, label: string): Attribute => ({
  id,
  key: label,
  label,
  kind: "option",
  role: null,
  writable: true,
  required: false,
  filled: 3,
  distinct: 2,
});
const person = (id: number, label: string): PersonRow => ({ id, label, cells: {}, raw: {} });
const columns = [column(12, "Department"), column(13, "Location")];
const outcome = { people: 1, changed: 2, refused: [], refusedTotal: 0 } as unknown as Staged;

it("clears the values of whom it asked about, though others come to stand in their rows, as one step", async () => {
  const asked = withHost({ stage_all: () => outcome });
  const rows = [person(1, "Li, Bo"), person(2, "Ruiz, Ana")];
  const session = {
    cache: { current: (at: number) => rows[at] },
    chosen: ({ first }: { first: number }): Selection => ({ of: "rows", rows: [rows[first]?.id ?? 0] }),
  } as unknown as ViewSession;
  const close = vi.fn();
  const dialog = () => (
    <ClearDialog
      connection={1}
      session={session}
      columns={columns}
      blocks={[{ top: 1, left: 0, bottom: 1, right: 1 }]}
      onClose={close}
    />
  );
  const { rerender } = show(dialog());
  rows.unshift(person(3, "Abel"));
  rerender(<QueryClientProvider client={client}>{dialog()}</QueryClientProvider>);
  expect(screen.getByRole("heading", { name: "Clear 2 attributes for Ruiz, Ana?" })).toBeTruthy();
  await userEvent.setup().click(screen.getByRole("button", { name: "Stage the clearing" }));
  await vi.waitFor(() => expect(close).toHaveBeenCalled());
  expect(asked.map((one) => one.args)).toEqual([
    {
      id: 1,
      dry: false,
      edits: columns.map(({ id }) => ({
        selection: { of: "rows", rows: [2] },
        edit: { do: "clear", attribute: id },
      })),
    },
  ]);
});
