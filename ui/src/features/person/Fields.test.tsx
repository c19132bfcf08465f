import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Attribute, Person } from "../../host";
import { show, withHost } from "../../test/host";
import { Fields } from "./Fields";

const attribute: Attribute = {
  id: 6,
  key: "title",
  label: "Title",
  kind: "text",
  role: "title",
  writable: true,
  required: false,
  filled: 9,
  distinct: 4,
};
const person: Person = {
  row: 4,
  scimId: "4711",
  name: "Ruiz, Ana",
  status: "active",
  title: "Sales lead",
  employeeNumber: null,
  email: null,
  fields: [{ attribute: 6, label: "Title", kind: "text", writable: true, cell: { value: "Sales lead" } }],
  line: [],
  reports: [],
  reportsTotal: 0,
  act: null,
  protected: null,
  history: [],
  seenAt: null,
  goneAt: null,
};

it("puts the keyboard back on the value that was edited, kept or not", async () => {
  const asked = withHost({ stage: () => ({ changed: 1, refused: [], refusedTotal: 0 }) });
  show(<Fields connection={1} person={person} attributes={[attribute]} onTakeBack={() => undefined} />);
  const user = userEvent.setup();
  const value = () => screen.getByRole("button", { name: /^Edit Title/ });
  value().focus();
  await user.keyboard("{Enter}");
  await screen.findByRole("combobox");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(value()));
  expect(asked, "Escape stages nothing").toEqual([]);
  await user.keyboard("{Enter}");
  await user.type(await screen.findByRole("combobox"), " North{Enter}");
  await waitFor(() => expect(document.activeElement).toBe(value()));
  expect(asked.map((one) => one.command)).toEqual(["stage"]);
});
