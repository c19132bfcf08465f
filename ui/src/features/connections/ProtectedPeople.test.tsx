import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { show, withHost } from "../../test/host";
import { ProtectedPeople } from "./ProtectedPeople";

const ana = { row: 4, name: "Ruiz, Ana", reason: "Administrator", until: "2027-03-01" };

it("lists who is protected, why and until when, and ends it", async () => {
  let listed = [ana];
  const asked = withHost({
    protected_people: () => listed,
    unprotect: () => {
      listed = [];
      return null;
    },
  });
  show(<ProtectedPeople connection={1} />);
  const line = await screen.findByRole("listitem");
  expect(line.textContent).toContain("Ruiz, Ana");
  expect(line.textContent).toMatch(/Administrator · until .*2027/);
  await userEvent.setup().click(screen.getByRole("button", { name: "Stop protecting Ruiz, Ana" }));
  await waitFor(() => expect(screen.queryByRole("listitem")).toBeNull());
  expect(asked.find((one) => one.command === "unprotect")?.args).toEqual({ id: 1, row: 4 });
});

it("adds somebody who is searched for", async () => {
  const asked = withHost({
    protected_people: () => [],
    choose_person: () => [
      {
        row: 9,
        name: "Li, Bo",
        reference: "bo@acme.example",
        title: null,
        department: "Sales",
        status: "active",
      },
    ],
    protect: () => null,
  });
  show(<ProtectedPeople connection={1} />);
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Protect somebody" }));
  await user.type(screen.getByRole("searchbox"), "bo");
  await user.click(await screen.findByRole("option", { name: /Li, Bo/ }));
  await user.click(screen.getByRole("button", { name: "Choose" }));
  await user.type(await screen.findByRole("textbox", { name: "Reason" }), "Works council");
  await user.click(screen.getByRole("button", { name: "Protect" }));
  await waitFor(() =>
    expect(asked.find((one) => one.command === "protect")?.args).toEqual({
      id: 1,
      selection: { of: "rows", rows: [9] },
      reason: "Works council",
      until: null,
    }),
  );
});
