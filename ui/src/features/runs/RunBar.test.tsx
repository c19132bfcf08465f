import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import type { Run } from "../../host";
import { useWindow } from "../../state";
import { show, withHost } from "../../test/host";
import { RunBars } from "./RunBar";

const run: Run = {
  id: 3,
  asOf: 1,
  plan: 7,
  connection: 1,
  status: "running",
  title: "Deactivate 2,000 in Acme",
  why: null,
  resumeAt: null,
  total: 2000,
  sent: 1200,
  done: 0,
  same: 0,
  held: 0,
  failed: 0,
  unknown: 0,
  cancelled: 0,
  rate: 12,
  secondsLeft: 60,
  seatsFreed: null,
  startedAt: "2026-11-23T09:00:00Z",
  finishedAt: null,
  sentence: null,
  canTakeBack: false,
};
const elsewhere: Run = { ...run, id: 8, connection: 2, sent: 0, title: "Change 40 in Globex" };
const over: Run = { ...run, id: 9, connection: 3, title: "Change 3 in Initech", status: "done" };

beforeEach(() => useWindow.setState({ connection: 1, screen: "people", run: null }));

it("shows what goes on in every connection, and goes there", async () => {
  withHost({
    connections: () => [{ id: 1 }, { id: 2 }, { id: 3 }],
    open_run: ({ id }) => [run, elsewhere, over].find((one) => one.connection === id) ?? null,
  });
  show(<RunBars />);
  await screen.findByText("Change 40 in Globex");
  expect(screen.getByText(/1,200 sent, being read back/), "sending is seen to get on").toBeTruthy();
  expect(screen.queryByText("Change 3 in Initech"), "what is over elsewhere is not in the way").toBeNull();
  const [, other] = screen.getAllByRole("button", { name: "Details" });
  await userEvent.setup().click(other as HTMLElement);
  await waitFor(() => expect(useWindow.getState().run).toBe(8));
  expect(useWindow.getState().connection, "the screen is the other connection's").toBe(2);
});
