import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { Attribute, Edit, Staged } from "../../host";
import { show, withHost } from "../../test/host";
import { BulkDialog } from "./BulkDialog";

const department: Attribute = {
  id: 12,
  key: "urn:x:Department",
  label: "Department",
  kind: "option",
  role: "department",
  writable: true,
  required: false,
  filled: 3,
  distinct: 2,
};
const draft = { changes: 0, people: 0, undo: null, redo: null, stale: 0 } as unknown as Staged["draft"];
const refused = (row: number) => ({
  row,
  name: `Person ${row}`,
  code: "unknown_option" as const,
  message: "Nobody is in Selling yet",
  attribute: 12,
  value: "Selling",
});

it("creates a segment that a replacement makes only when that is said, and for that replacement only", async () => {
  const asked = withHost({
    stage: ({ edit }): Staged => {
      const { newOption, with: value } = edit as Extract<Edit, { do: "replace" }>;
      const isNew = value.startsWith("Selling") && !newOption;
      return {
        people: 3,
        changed: isNew ? 0 : 2,
        cleared: 0,
        same: 1,
        nothing: 0,
        refused: isNew ? [refused(1), refused(2)] : [],
        refusedTotal: isNew ? 2 : 0,
        newSegments: isNew ? [{ attribute: 12, value, similar: null, people: 2 }] : [],
        draft,
      };
    },
  });
  const close = vi.fn();
  show(
    <BulkDialog
      connection={1}
      attributes={[department]}
      selection={{ of: "rows", rows: [1, 2, 3] }}
      count={3}
      title="Edit 3 people"
      attribute={null}
      onClose={close}
    />,
  );
  const person = userEvent.setup();
  await person.click(screen.getByRole("radio", { name: "Find and replace" }));
  await person.type(screen.getByRole("textbox", { name: "Find" }), "Sales");
  await person.type(screen.getByRole("textbox", { name: "Replace with" }), "Selling");
  const create = await screen.findByRole("checkbox", { name: "Create segment “Selling”" });
  expect(
    screen.getByRole("button", { name: "Stage" }).hasAttribute("disabled"),
    "nothing changes as yet",
  ).toBe(true);
  await person.click(create);
  await screen.findByRole("button", { name: "Stage for 2 people" });

  await person.type(screen.getByRole("textbox", { name: "Replace with" }), "x");
  const other = await screen.findByRole<HTMLInputElement>("checkbox", { name: "Create segment “Sellingx”" });
  expect(other.checked, "another value was not agreed to").toBe(false);
  await person.click(other);
  await person.click(await screen.findByRole("button", { name: "Stage for 2 people" }));
  await vi.waitFor(() => expect(close).toHaveBeenCalled(), 15_000);
  expect(asked.filter((one) => one.args.dry === false).map((one) => one.args.edit)).toEqual([
    {
      do: "replace",
      attribute: 12,
      find: "Sales",
      with: "Sellingx",
      whole: false,
      anyCase: false,
      newOption: true,
    },
  ]);
});
