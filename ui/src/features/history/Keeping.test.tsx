import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { show, withHost } from "../../test/host";
import { Keeping } from "./Keeping";

const anchors = [
  { day: "2026-11-21", event: 3, anchor: `3:${"a".repeat(64)}` },
  { day: "2026-11-22", event: 9, anchor: `9:${"b".repeat(64)}` },
];

const keeping = () => show(<Keeping connection={1} onClose={() => undefined} />);

describe("keeping the history", () => {
  it("lists each day’s anchor, the newest first", async () => {
    withHost({ history_anchors: () => anchors, retention: () => null });
    keeping();
    const rows = await screen.findAllByRole("row");
    expect(rows.slice(1).map((row) => row.textContent?.slice(-66, -64))).toEqual(["9:", "3:"]);
  });

  it("compares an anchor that was kept elsewhere", async () => {
    const asked = withHost({
      history_anchors: () => anchors,
      retention: () => null,
      verify_history: () => ({
        events: 9,
        sound: false,
        broken: 4,
        message: "Event 4 was changed after it was written.",
        anchor: null,
      }),
    });
    keeping();
    const person = userEvent.setup();
    await person.type(await screen.findByRole("textbox", { name: "An anchor kept elsewhere" }), " 9:bb ");
    await person.click(screen.getByRole("button", { name: "Compare" }));
    await screen.findByText(/Event 4 was changed/);
    expect(asked.find((one) => one.command === "verify_history")?.args).toEqual({ against: "9:bb" });
  });

  it("shortens the history only with a reason", async () => {
    const asked = withHost({
      history_anchors: () => [],
      retention: () => null,
      keep_history_for: () => ({ events: 12, message: "12 events before 2023-11-24 are removed." }),
    });
    keeping();
    const person = userEvent.setup();
    await person.click(await screen.findByRole("radio", { name: "3 years" }));
    const button = screen.getByRole("button", { name: "Remove what is older" });
    expect(button.hasAttribute("disabled"), "the history will say why").toBe(true);
    await person.type(screen.getByRole("textbox", { name: "Reason, for the history" }), "Policy 12");
    await person.click(button);
    await vi.waitFor(() =>
      expect(asked.find((one) => one.command === "keep_history_for")?.args).toEqual({
        days: 1095,
        reason: "Policy 12",
      }),
    );
  });
});
