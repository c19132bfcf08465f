import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { allCommands, findCommand, isAvailable, registerCommands, titleOf } from "../../commands";
import { ALL_TICKS, NO_TICKS } from "../../grid/selection";
import { useWindow } from "../../state";
import { show, withHost } from "../../test/host";
import { listCommands, reclaimCommands } from "./commands";
import { SelectionBar } from "./SelectionBar";
import { type Chosen, useReclaim } from "./store";

const chosen: Chosen = {
  selection: { of: "view", view: 4, except: [9] },
  count: 213,
  pile: { pile: "seen_long_ago", days: 120 },
};

beforeEach(() => {
  useWindow.setState({ connection: 1, screen: "reclaim" });
  useReclaim.setState({ connection: 1, chosen, ticks: ALL_TICKS, asked: null, notice: null });
  return registerCommands([...reclaimCommands, ...listCommands]);
});

it("does what the palette does, to those who are chosen", async () => {
  const asked = withHost({
    stage_reclaim: () => ({ changed: 213, refused: [], refusedTotal: 0 }),
    ask_first: () => 213,
  });
  show(<SelectionBar all={false} count={213} />);
  const person = userEvent.setup();
  await person.click(screen.getByRole("button", { name: "Reclaim" }));
  await person.click(screen.getByRole("button", { name: "Ask first" }));
  await person.click(await screen.findByRole("menuitem", { name: "A file for each manager…" }));
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(asked).toEqual([
    { command: "stage_reclaim", args: { id: 1, selection: chosen.selection, pile: chosen.pile } },
    { command: "ask_first", args: { id: 1, selection: chosen.selection, ask: "each_manager" } },
  ]);
  await person.click(screen.getByRole("button", { name: "Exempt…" }));
  expect(useReclaim.getState().asked).toBe("exempt");
  await person.click(screen.getByRole("button", { name: "Clear the selection" }));
  expect(useReclaim.getState().ticks).toEqual(NO_TICKS);
});

it("says in the palette whom a command is for, and offers none while nobody is chosen", () => {
  const stage = findCommand("reclaim.stage");
  expect(stage && titleOf(stage)).toBe("Reclaim the seats of 213 selected people");
  useReclaim.setState({ chosen: null });
  expect(
    allCommands()
      .filter(isAvailable)
      .map((command) => command.id),
    "files, policy, threshold and answers need nobody",
  ).toEqual(["reclaim.evidence", "reclaim.policy", "reclaim.threshold", "reclaim.readAnswers"]);
});
