import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Run } from "../../host";
import { useWindow } from "../../state";
import { show, withHost } from "../../test/host";
import { RunScreen } from "./RunScreen";

const run: Run = {
  id: 3,
  asOf: 1,
  plan: 7,
  connection: 1,
  status: "done",
  title: "Deactivate 3 in Acme",
  why: null,
  resumeAt: null,
  total: 3,
  sent: 0,
  done: 2,
  same: 0,
  held: 0,
  failed: 1,
  unknown: 0,
  cancelled: 0,
  rate: 0,
  secondsLeft: null,
  seatsFreed: 2,
  startedAt: "2026-11-23T09:00:00Z",
  finishedAt: "2026-11-23T09:01:00Z",
  sentence: "2 of 3 deactivated.",
  canTakeBack: true,
};
const items = ["Ana Ruiz", "Bo Li", "Cy Tan"].map((name, position) => ({
  position,
  row: position + 1,
  name,
  sentence: `${name} is deactivated`,
  state: position === 2 ? "failed" : "done",
  why: null,
  request: null,
  reply: null,
}));

beforeEach(() => useWindow.setState({ connection: 1, screen: "run", run: 3 }));

it("says what the freed seats cost a year, where a price was known", async () => {
  withHost({
    run: () => run,
    connections: () => [],
    run_page: () => ({ total: 3, start: 0, items }),
    freed_worth: () => ({ money: 80, currency: "EUR" }),
  });
  show(<RunScreen />);
  await screen.findByText("€80");
});

describe("taking a run back", () => {
  const answers = (positions: unknown[]) => ({
    run: () => run,
    connections: () => [],
    run_page: () => ({ total: 3, start: 0, items }),
    take_back: (args: Record<string, unknown>) => {
      positions.push(args.positions);
      return { id: 9, connection: 1 };
    },
  });

  it("takes back all of it, or the people chosen", async () => {
    const positions: unknown[] = [];
    withHost(answers(positions));
    show(<RunScreen />);
    const person = userEvent.setup();
    await person.click(await screen.findByRole("checkbox", { name: "Choose Bo Li" }));
    expect(
      screen.queryByRole("checkbox", { name: "Choose Cy Tan" }),
      "what was not done has nothing to take back",
    ).toBeNull();
    await person.click(screen.getByRole("button", { name: "Take back 1" }));
    await vi.waitFor(() => expect(useWindow.getState().screen).toBe("review"));
    expect(positions, "only the one chosen").toEqual([[1]]);
  });

  it("means the whole run when nobody is chosen", async () => {
    const positions: unknown[] = [];
    withHost(answers(positions));
    show(<RunScreen />);
    await userEvent.setup().click(await screen.findByRole("button", { name: "Take back" }));
    await vi.waitFor(() => expect(useWindow.getState().plan).toBe(9));
    expect(positions).toEqual([null]);
  });
});

describe("the report of the seats", () => {
  const answers = (ended: Partial<Run>, written: unknown[]) => ({
    run: () => ({ ...run, ...ended }),
    connections: () => [],
    run_page: () => ({ total: 3, start: 0, items }),
    write_reclaim_report: (args: Record<string, unknown>) => {
      written.push(args);
      return true;
    },
  });

  it("is offered where the run ends, with names or without", async () => {
    const written: unknown[] = [];
    withHost(answers({}, written));
    show(<RunScreen />);
    const person = userEvent.setup();
    await person.click(await screen.findByRole("button", { name: "Write the report" }));
    await person.click(await screen.findByRole("menuitem", { name: "Excel workbook, without names" }));
    expect(written).toEqual([{ run: 3, format: "xlsx", withNames: false }]);
  });

  it("is not offered of a run that freed no seat", async () => {
    withHost(answers({ seatsFreed: 0 }, []));
    show(<RunScreen />);
    await screen.findByRole("button", { name: "Show in history" });
    expect(screen.queryByRole("button", { name: "Write the report" })).toBeNull();
  });
});

describe("a reason that the engine gives", () => {
  const answers = (ended: Partial<Run>) => ({
    run: () => ({ ...run, seatsFreed: null, ...ended }),
    connections: () => [],
    run_page: () => ({ total: 3, start: 0, items }),
  });
  const going = { status: "running", finishedAt: null, sentence: null, canTakeBack: false } as const;

  it.each([
    ["Paused.", { ...going, status: "paused", why: "The token is not accepted any more." } as const],
    ["Not carried out here.", { ...going, why: "ana@laptop is at work on this connection now." }],
    ["Cancelled.", { status: "cancelled", cancelled: 1, why: "The service did not answer." } as const],
    ["Ended early.", { why: "The service did not answer." }],
  ])("is said once, whatever the run came to: %s", async (title, ended) => {
    withHost(answers(ended));
    show(<RunScreen />);
    expect(await screen.findByText(title)).toBeTruthy();
    expect(screen.getAllByText(ended.why, { exact: false })).toHaveLength(1);
  });

  it("is not made up where there is none", async () => {
    withHost(answers({}));
    show(<RunScreen />);
    await screen.findByRole("button", { name: "Show in history" });
    expect(screen.queryByText("Ended early.")).toBeNull();
  });
});
