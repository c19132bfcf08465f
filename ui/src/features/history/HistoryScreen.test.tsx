import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { HistoryEvent } from "../../host";
import { useWindow } from "../../state";
import { show, withHost } from "../../test/host";
import { EventRow } from "./EventRow";
import { HistoryScreen } from "./HistoryScreen";

const event: HistoryEvent = {
  id: 7,
  at: "2026-11-23T09:00:00.000Z",
  actor: "ana@laptop",
  connection: 1,
  origin: "made",
  act: "set",
  row: 4,
  person: "Ana Ruiz",
  scimId: "4711",
  attribute: "urn:x:Business Unit",
  label: "Business Unit",
  before: "North",
  after: "South",
  run: 3,
  plan: 2,
  reason: null,
  requestId: null,
  source: "f00d",
  detail: null,
  sentence: "Business Unit of Ana Ruiz changed from North to South",
  hash: "ab",
};
const page = (total: number) => ({
  total,
  more: false,
  note: null,
  start: 0,
  events: Array.from({ length: total }, () => event),
  days: [],
});

beforeEach(() => useWindow.setState({ connection: 1, screen: "history", historyFocus: null }));

describe("the history", () => {
  it("says what others changed since the last visit, and shows it", async () => {
    const asked = withHost({
      history: () => page(1),
      visit_history: () => ({ since: "2026-11-20T08:00:00.000Z", seen: 37 }),
      unseen_history: () => 0,
    });
    show(<HistoryScreen />);
    await screen.findByText("37 changes made elsewhere since you were last here.");
    await userEvent.setup().click(screen.getByRole("button", { name: "Show them" }));
    await vi.waitFor(() =>
      expect(asked.filter((one) => one.command === "history").at(-1)?.args.query).toMatchObject({
        from: "2026-11-20T08:00:00.000Z",
        origin: "seen",
      }),
    );
  });

  it("shows nothing from before the last visit when its day is chosen", async () => {
    const asked = withHost({
      history: () => ({
        ...page(1),
        days: [
          { day: "2026-11-20", made: 0, seen: 5 },
          { day: "2026-11-21", made: 0, seen: 2 },
        ],
      }),
      visit_history: () => ({ since: "2026-11-20T08:00:00.000Z", seen: 7 }),
      unseen_history: () => 0,
    });
    show(<HistoryScreen />);
    const person = userEvent.setup();
    await person.click(await screen.findByRole("button", { name: "Show them" }));
    const bar = await screen.findByRole("button", { name: /5 seen/ });
    bar.focus();
    await person.keyboard("{Enter}");
    await vi.waitFor(() =>
      expect(asked.filter((one) => one.command === "history").at(-1)?.args.query).toMatchObject({
        from: "2026-11-20T08:00:00.000Z",
        to: "2026-11-21T00:00:00.000Z",
      }),
    );
  });

  it("shows that the file is written, until it is put away", async () => {
    withHost({
      history: () => page(1),
      visit_history: () => ({ since: null, seen: 0 }),
      unseen_history: () => 0,
      export_history: () => 4812,
    });
    show(<HistoryScreen />);
    const person = userEvent.setup();
    await person.click(await screen.findByRole("button", { name: /Export/ }));
    const [first] = await screen.findAllByRole("menuitem");
    if (first === undefined) throw new Error("no formats");
    await person.click(first);
    await screen.findByText("Wrote 4,812 events to the file.");
    await person.click(screen.getByRole("button", { name: "Put away" }));
    expect(screen.queryByText(/Wrote/)).toBeNull();
  });

  it("is quiet on the first visit", async () => {
    withHost({
      history: () => page(1),
      visit_history: () => ({ since: null, seen: 0 }),
      unseen_history: () => 0,
    });
    show(<HistoryScreen />);
    await screen.findByText("1 event");
    expect(screen.queryByText(/since you were last here/)).toBeNull();
  });

  it("shows the values of who was created or deleted, as fields and raw", async () => {
    const deleted: HistoryEvent = {
      ...event,
      act: "delete",
      attribute: null,
      label: null,
      before: null,
      after: null,
      sentence: "Ana Ruiz was deleted",
      detail: '{"userName":"ana@acme.example","title":"Sales lead"}',
    };
    withHost({ history: () => ({ ...page(1), events: [deleted] }) });
    const query = { text: "", origin: null, row: null, run: null, from: null, to: null };
    show(<EventRow connection={1} query={query} index={0} onSearch={() => undefined} />);
    const person = userEvent.setup();
    await person.click(await screen.findByRole("button", { name: /Ana Ruiz was deleted/ }));
    expect(screen.getByText("Had, when deleted").nextElementSibling?.textContent).toContain(
      "titleSales lead",
    );
    await person.click(screen.getByRole("button", { name: "Raw record" }));
    expect(screen.getByText(/"title": "Sales lead"/), "part of the record, not a text in it").toBeTruthy();
  });

  it("turns on any attribute, value, person or run of an event", async () => {
    withHost({ history: () => page(1) });
    const sought: string[] = [];
    const query = { text: "", origin: null, row: null, run: null, from: null, to: null };
    show(<EventRow connection={1} query={query} index={0} onSearch={(text) => sought.push(text)} />);
    const person = userEvent.setup();
    await person.click(await screen.findByRole("button", { name: /changed from North to South/ }));
    expect(screen.getByText("SHA-256 f00d"), "the file it came from").toBeTruthy();
    await person.click(screen.getByRole("button", { name: "All of Business Unit" }));
    await person.click(screen.getByRole("button", { name: "All with “South”" }));
    await person.click(screen.getByRole("button", { name: "All with “North”" }));
    expect(sought).toEqual(['attribute:"Business Unit"', 'value:"South"', 'value:"North"']);
    await person.click(screen.getByRole("button", { name: "All of this run" }));
    expect(useWindow.getState().historyFocus).toMatchObject({ run: 3 });
  });
});
