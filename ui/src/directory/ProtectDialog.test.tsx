import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { echoDate } from "../editors";
import { show, withHost } from "../test/host";
import { ProtectDialog } from "./ProtectDialog";

it("wants a reason, and protects whom it was opened for until the day that was typed", async () => {
  const asked = withHost({ protect: () => null });
  const closed = vi.fn();
  show(
    <ProtectDialog
      connection={1}
      selection={{ of: "rows", rows: [4, 7] }}
      whom="2 people"
      onClose={closed}
    />,
  );
  const user = userEvent.setup();
  const button = screen.getByRole("button", { name: "Protect" });
  expect(button.hasAttribute("disabled"), "without a reason nobody is protected").toBe(true);
  await user.type(screen.getByRole("textbox", { name: "Reason" }), " Administrator ");
  await user.type(screen.getByRole("textbox", { name: "Until" }), "1 Mar 2027");
  await user.click(button);
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(asked[0]).toEqual({
    command: "protect",
    args: {
      id: 1,
      selection: { of: "rows", rows: [4, 7] },
      reason: "Administrator",
      until: "2027-03-01",
    },
  });
});

it("begins with what holds, and says what went wrong", async () => {
  withHost({
    protect: () => {
      throw { code: "precondition", message: "2020-01-01 is over.", detail: null };
    },
  });
  const listed = { row: 4, name: "Ruiz, Ana", reason: "Administrator", until: "2027-03-01" };
  show(
    <ProtectDialog
      connection={1}
      selection={{ of: "rows", rows: [4] }}
      whom="Ruiz, Ana"
      listed={listed}
      onClose={() => undefined}
    />,
  );
  expect(screen.getByRole("textbox", { name: "Reason" })).toHaveProperty("value", "Administrator");
  expect(screen.getByRole("textbox", { name: "Until" })).toHaveProperty("value", echoDate("2027-03-01"));
  await userEvent.setup().click(screen.getByRole("button", { name: "Protect" }));
  expect(await screen.findByText("2020-01-01 is over.")).toBeTruthy();
});
