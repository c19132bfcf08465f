import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useWindow } from "../state";
import { show, withHost } from "../test/host";
import { Parking } from "./Parked";
import { askForName, showParked, useParking } from "./parked";

const draft = (changes: number) => ({ changes, people: changes, undo: null, redo: null, stale: 0 });
const parked = [
  { id: 4, name: "Reorganisation", changes: 214, people: 198, createdAt: "2026-11-20T09:00:00Z" },
];

beforeEach(() => {
  useWindow.setState({ connection: 1 });
  useParking.setState({ asking: null });
});

describe("drafts put aside", () => {
  it("takes a name, and the desk is clear", async () => {
    const asked = withHost({ draft: () => draft(3), park_draft: () => draft(0) });
    askForName();
    show(<Parking />);
    const person = userEvent.setup();
    const button = await screen.findByRole("button", { name: "Put aside" });
    expect(button.hasAttribute("disabled"), "without a name it would not be found again").toBe(true);
    await person.type(screen.getByRole("textbox", { name: "Name" }), " Friday ");
    await person.click(button);
    await vi.waitFor(() => expect(useParking.getState().asking).toBeNull());
    expect(asked.find((one) => one.command === "park_draft")?.args).toEqual({ id: 1, name: "Friday" });
  });

  it("takes one up, where nothing else is in use", async () => {
    const asked = withHost({
      draft: () => draft(0),
      parked_drafts: () => parked,
      resume_draft: () => draft(214),
    });
    showParked();
    show(<Parking />);
    await userEvent.setup().click(await screen.findByRole("button", { name: "Take up Reorganisation" }));
    await vi.waitFor(() => expect(useParking.getState().asking).toBeNull());
    expect(asked.find((one) => one.command === "resume_draft")?.args).toEqual({ id: 1, draft: 4 });
  });

  it("does not mix two drafts", async () => {
    withHost({ draft: () => draft(2), parked_drafts: () => parked });
    showParked();
    show(<Parking />);
    await screen.findByText(/The draft in use holds 2 changes/);
    expect(screen.getByRole("button", { name: "Take up Reorganisation" }).hasAttribute("disabled")).toBe(
      true,
    );
  });

  it("throws one away only when asked twice", async () => {
    const asked = withHost({ draft: () => draft(0), parked_drafts: () => parked, forget_draft: () => null });
    showParked();
    show(<Parking />);
    const person = userEvent.setup();
    await person.click(await screen.findByRole("button", { name: "Forget Reorganisation" }));
    expect(
      asked.some((one) => one.command === "forget_draft"),
      "one press is not enough",
    ).toBe(false);
    await person.click(screen.getByRole("button", { name: "Forget Reorganisation for good" }));
    await vi.waitFor(() =>
      expect(asked.find((one) => one.command === "forget_draft")?.args).toEqual({ id: 1, draft: 4 }),
    );
  });
});
