import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { show, withHost } from "../../test/host";
import { ExemptDialog } from "./ExemptDialog";
import { useReclaim } from "./store";

beforeEach(() => {
  useReclaim.setState({ connection: null });
  useReclaim.getState().start(1);
});

it("wants a reason, reads the end of it as typed, and exempts who is selected", async () => {
  const asked = withHost({ exempt: () => null });
  const closed = vi.fn();
  show(<ExemptDialog connection={1} selection={{ of: "rows", rows: [4] }} count={1} onClose={closed} />);
  const user = userEvent.setup();
  const button = screen.getByRole("button", { name: "Exempt" });
  expect(button.hasAttribute("disabled"), "without a reason nobody is exempt").toBe(true);
  await user.type(screen.getByRole("textbox", { name: "Reason" }), "Field staff");
  await user.type(screen.getByRole("textbox", { name: "Until" }), "31 Feb 2027");
  expect(button.hasAttribute("disabled"), "there is no such day").toBe(true);
  await user.clear(screen.getByRole("textbox", { name: "Until" }));
  await user.type(screen.getByRole("textbox", { name: "Until" }), "1 Mar 2027");
  await user.click(button);
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(asked[0]).toEqual({
    command: "exempt",
    args: { id: 1, selection: { of: "rows", rows: [4] }, reason: "Field staff", until: "2027-03-01" },
  });
});

it("exempts a whole group, now and later, where the list is narrowed to one", async () => {
  useReclaim.getState().narrow({
    filter: { attribute: 2, test: { is: "any_of", values: ["Sales"] } },
    label: "Department is",
    value: "Sales",
  });
  const asked = withHost({ exempt_by_filter: () => null });
  const closed = vi.fn();
  show(<ExemptDialog connection={1} selection={{ of: "rows", rows: [4] }} count={1} onClose={closed} />);
  const user = userEvent.setup();
  await user.click(screen.getByRole("radio", { name: "All whose Department is Sales, now and later" }));
  await user.type(screen.getByRole("textbox", { name: "Reason" }), "They answer by letter");
  await user.click(screen.getByRole("button", { name: "Exempt" }));
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(asked[0]?.args).toMatchObject({
    query: { filters: [{ attribute: 2, test: { is: "any_of", values: ["Sales"] } }], pile: null },
    until: null,
  });
});
