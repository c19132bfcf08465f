import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import type { Board, PileFilter } from "../../host";
import { show, withHost } from "../../test/host";
import { Groups } from "./Groups";
import { useReclaim } from "./store";

const board = { connection: 1, policy: { days: 180, seatPrice: 10, currency: "EUR" } } as unknown as Board;

/** Fewer are found the further off the threshold is. */
const groups = ({ pile }: { pile: PileFilter }) => {
  const found = pile.days === null ? 3 : Math.round(3600 / pile.days);
  return [
    {
      attribute: 2,
      label: "Department",
      values: [{ value: "Sales", people: 40, found, seats: found, money: found * 10 }],
      others: { values: 12, people: 90, found: 5, seats: 5, money: 50 },
    },
  ];
};

beforeEach(() => {
  useReclaim.setState({ connection: null });
  useReclaim.getState().start(1);
});

it("follows the threshold in people, seats and money", async () => {
  withHost({ board_groups: (args) => groups(args as { pile: PileFilter }) });
  const first = show(<Groups board={board} days={180} />);
  await screen.findByRole("row", { name: /Sales 20 50% 40 20 €200/ });
  first.unmount();
  show(<Groups board={board} days={360} />);
  await screen.findByRole("row", { name: /Sales 10 25% 40 10 €100/ });
});

it("tells the values that are too many together, so that it adds up", async () => {
  withHost({ board_groups: (args) => groups(args as { pile: PileFilter }) });
  show(<Groups board={board} days={180} />);
  await screen.findByRole("row", { name: /12 others 5 90 5 €50/ });
});

it("counts the pile that the list shows", async () => {
  withHost({ board_groups: (args) => groups(args as { pile: PileFilter }) });
  useReclaim.getState().choose("never_seen");
  show(<Groups board={board} days={180} />);
  await screen.findByRole("columnheader", { name: "Never seen" });
  await screen.findByRole("row", { name: /Sales 3/ });
});

it("exempts a whole group without the list being narrowed to it", async () => {
  const asked = withHost({
    board_groups: (args) => groups(args as { pile: PileFilter }),
    exempt_by_filter: () => null,
  });
  show(<Groups board={board} days={180} />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Exempt everybody whose Department is Sales" }));
  await screen.findByRole("dialog", { name: "Exempt all whose Department is Sales" });
  await user.type(screen.getByRole("textbox", { name: "Reason" }), "They answer by letter");
  await user.click(screen.getByRole("button", { name: "Exempt" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked.find((one) => one.command === "exempt_by_filter")?.args).toEqual({
    id: 1,
    query: {
      search: "",
      filters: [{ attribute: 2, test: { is: "any_of", values: ["Sales"] } }],
      sort: [],
      pile: null,
    },
    reason: "They answer by letter",
    until: null,
  });
});
