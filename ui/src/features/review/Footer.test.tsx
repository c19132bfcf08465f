import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hearKeys } from "../../commands";
import type { Confirm, Plan } from "../../host";
import { useWindow } from "../../state";
import { show, withHost } from "../../test/host";
import { Footer } from "./Footer";

const plan = (confirm: Partial<Confirm>): Plan => ({
  id: 7,
  connection: 1,
  hash: "ab12",
  sentence: "",
  people: 211,
  items: 211,
  operations: 422,
  seconds: 60,
  operationsLeft: 24_000,
  seatsFreed: 209,
  groups: [],
  brakes: [],
  newSegments: [],
  confirm: {
    label: "Deactivate 211 in Acme",
    destructive: true,
    typeNumber: null,
    reason: false,
    typeName: null,
    empty: false,
    ...confirm,
  },
  irreversible: [],
  createdAt: "2026-11-23T09:00:00Z",
  origin: "draft",
});

const run = { id: 3, plan: 7, connection: 1, status: "running" };

function footer(confirm: Partial<Confirm>, stale = false) {
  return show(
    <Footer plan={plan(confirm)} name="Acme" stale={stale} requests={false} onRequests={() => undefined} />,
  );
}

/** The button is dead for the moment in which a press was meant for what stood there before. */
async function armed() {
  await act(() => vi.advanceTimersByTimeAsync(1000));
}

let stopKeys: () => void = () => undefined;
beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  useWindow.setState({ screen: "review" });
  stopKeys = hearKeys(document);
});
afterEach(() => {
  stopKeys();
  vi.useRealTimers();
});
const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTime });

describe("confirming a plan", () => {
  it("sends the hash that was on screen and shows the run", async () => {
    const asked = withHost({ start_run: () => run });
    footer({});
    await armed();
    await user().click(screen.getByRole("button", { name: "Deactivate 211 in Acme" }));
    await vi.waitFor(() => expect(useWindow.getState().screen).toBe("run"));
    expect(asked).toEqual([
      {
        command: "start_run",
        args: { plan: 7, confirmation: { hash: "ab12", number: null, reason: null, name: null } },
      },
    ]);
  });

  it("does not hear a press that comes with the page", async () => {
    const asked = withHost({ start_run: () => run });
    footer({});
    await user().click(screen.getByRole("button", { name: "Deactivate 211 in Acme" }));
    expect(asked, "the second press of a double click on Review must not send").toEqual([]);
  });

  it("offers to do a few first where many go", async () => {
    const asked = withHost({ start_run: () => run });
    const many: Plan = {
      ...plan({}),
      groups: [{ group: "deactivations", items: 211, people: 211, seats: 209, leftOut: 0 }],
    };
    show(<Footer plan={many} name="Acme" stale={false} requests={false} onRequests={() => undefined} />);
    await armed();
    const person = user();
    await person.click(screen.getByRole("checkbox", { name: "First 5, then ask" }));
    await person.click(screen.getByRole("button", { name: "Deactivate 211 in Acme" }));
    expect(asked[0]?.args.confirmation, "the run stops after five and asks").toMatchObject({ pilot: 5 });
  });

  it("does a few first unasked where people go because they are dormant", async () => {
    const asked = withHost({ start_run: () => run });
    const many: Plan = {
      ...plan({}),
      reclaims: 211,
      groups: [{ group: "deactivations", items: 211, people: 211, seats: 209, leftOut: 0 }],
    };
    show(<Footer plan={many} name="Acme" stale={false} requests={false} onRequests={() => undefined} />);
    await armed();
    const first = screen.getByRole("checkbox", { name: "First 5, then ask" });
    expect(first, "evidence can be wrong about many at once").toHaveProperty("checked", true);
    const person = user();
    await person.click(screen.getByRole("button", { name: "Deactivate 211 in Acme" }));
    expect(asked[0]?.args.confirmation).toMatchObject({ pilot: 5 });
  });

  it("asks for the number where a brake stops", async () => {
    const asked = withHost({ start_run: () => run });
    footer({ typeNumber: 211 });
    await armed();
    const button = screen.getByRole("button", { name: "Deactivate 211 in Acme" });
    const field = screen.getByRole("textbox", { name: "Type 211 to go on" });
    const person = user();
    await person.type(field, "210");
    expect(button.hasAttribute("disabled"), "another number does not pass").toBe(true);
    await person.clear(field);
    await person.type(field, "211");
    await person.click(button);
    expect(asked[0]?.args).toEqual({
      plan: 7,
      confirmation: { hash: "ab12", number: 211, reason: null, name: null },
    });
  });

  it("asks for a reason too where the brake wants one", async () => {
    const asked = withHost({ start_run: () => run });
    footer({ typeNumber: 5, reason: true });
    await armed();
    const person = user();
    await person.type(screen.getByRole("textbox", { name: "Type 5 to go on" }), "5");
    const button = screen.getByRole("button", { name: "Deactivate 211 in Acme" });
    expect(button.hasAttribute("disabled"), "the number alone does not pass").toBe(true);
    await person.type(screen.getByRole("textbox", { name: "Reason" }), "Site closed");
    await person.click(button);
    expect(asked[0]?.args).toEqual({
      plan: 7,
      confirmation: { hash: "ab12", number: 5, reason: "Site closed", name: null },
    });
  });

  it("asks for the name of somebody protected", async () => {
    const asked = withHost({ start_run: () => run });
    footer({ typeName: "Ada Okafor" });
    await armed();
    const person = user();
    const field = screen.getByRole("textbox", { name: "Type Ada Okafor to go on" });
    await person.type(field, "ada");
    const button = screen.getByRole("button", { name: "Deactivate 211 in Acme" });
    expect(button.hasAttribute("disabled"), "half a name does not pass").toBe(true);
    await person.type(field, " okafor ");
    await person.click(button);
    expect(asked[0]?.args.confirmation).toMatchObject({ name: "ada okafor" });
  });

  it("sends a harmless plan by its keys, and only points at a destructive one", async () => {
    const asked = withHost({ start_run: () => run });
    const first = footer({});
    await armed();
    await user().keyboard("{Control>}{Enter}{/Control}");
    expect(asked, "what takes people away is pressed").toEqual([]);
    expect(document.activeElement?.textContent).toContain("Deactivate 211 in Acme");
    first.unmount();
    footer({ label: "Change 1 person in Acme", destructive: false });
    await armed();
    await user().keyboard("{Control>}{Enter}{/Control}");
    expect(asked).toHaveLength(1);
  });

  it("sends nothing while the draft has moved on, or when there is nothing to send", async () => {
    withHost({});
    const first = footer({}, true);
    await armed();
    expect(screen.getByRole("button", { name: "Deactivate 211 in Acme" }).hasAttribute("disabled")).toBe(
      true,
    );
    first.unmount();
    footer({ empty: true, label: "" });
    await armed();
    expect(screen.getByRole("button", { name: "Nothing to send to Acme" }).hasAttribute("disabled")).toBe(
      true,
    );
  });

  it("says what came back when the run did not start", async () => {
    withHost({
      start_run: () => {
        throw {
          code: "busy",
          message: "Another run holds Acme. Wait for it to end, or cancel it.",
          detail: null,
        };
      },
    });
    footer({});
    await armed();
    await user().click(screen.getByRole("button", { name: "Deactivate 211 in Acme" }));
    expect((await screen.findByRole("alert")).textContent).toContain("Another run holds Acme.");
  });
});
