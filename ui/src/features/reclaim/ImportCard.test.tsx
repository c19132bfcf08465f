import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { Import } from "../../host";
import { show, withHost } from "../../test/host";
import { ImportCard } from "./ImportCard";
import { filesOf, NO_FILES, useReclaim } from "./store";

const given: Import = {
  id: 5,
  connection: 1,
  fileName: "badge-log.csv",
  bytes: 1_840_221,
  kind: "other",
  recognised: false,
  name: "badge-log",
  sheet: null,
  sheets: [],
  columns: [
    {
      index: 0,
      name: "Mail",
      samples: ["ana@acme.example"],
      meaning: "email",
      confidence: 95,
      why: "95% of these are e-mails of people here",
      dateOrder: null,
      asksDateOrder: false,
    },
    {
      index: 1,
      name: "Last entry",
      samples: ["03/04/2026"],
      meaning: "date_seen",
      confidence: 88,
      why: "All of these are dates",
      dateOrder: null,
      asksDateOrder: true,
    },
  ],
  counts: { rows: 100, matched: 80, unmatched: 12, ambiguous: 3, unreadable: 5 },
  people: 78,
  seen: 70,
  oldest: null,
  newest: null,
  asOf: "2026-11-20",
  proves: "A row proves that somebody was seen that day.",
  provesNot: "It says nothing about those who are not listed.",
  warnings: ["Far fewer rows than the last file of this source: 100 instead of 4,000."],
  replaces: null,
  guarded: false,
  doubts: null,
  question: "Say how the dates in Last entry read before this counts.",
};

function Shown() {
  const { imports } = useReclaim((state) => filesOf(state, 1));
  return imports.map((one) => <ImportCard key={one.id} connection={1} given={one} />);
}

const hold = (held: Import) =>
  useReclaim.setState({ connection: 1, files: { 1: { ...NO_FILES, imports: [held] } } });

beforeEach(() => hold(given));

describe("a file that was read", () => {
  it("accounts for every row, warns, and does not count before its question is answered", () => {
    withHost({});
    show(<Shown />);
    expect(screen.getByText("80 matched")).toBeTruthy();
    for (const rest of ["12 unmatched", "3 ambiguous", "5 unreadable"]) {
      expect(
        screen.getByRole("button", { name: rest }),
        "those who count for nobody can be listed",
      ).toBeTruthy();
    }
    expect(screen.getByText(/Far fewer rows/)).toBeTruthy();
    expect(screen.getByText(/A row proves that somebody was seen/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Accept" })).toHaveProperty("disabled", true);
  });

  it("asks once how dates read, then may be accepted", async () => {
    const asked = withHost({
      map_import: () => ({
        ...given,
        question: null,
        columns: given.columns.map((one) => ({ ...one, asksDateOrder: false })),
      }),
      accept_import: () => ({ id: 1, name: "badge-log" }),
    });
    show(<Shown />);
    const user = userEvent.setup();
    await user.click(screen.getByRole("radio", { name: "Day first" }));
    await waitFor(() => expect(screen.queryByRole("radio", { name: "Day first" })).toBeNull());
    expect(asked.find((one) => one.command === "map_import")?.args.mapping).toMatchObject({
      columns: [
        { index: 0, meaning: "email", dateOrder: null },
        { index: 1, meaning: "date_seen", dateOrder: "day_first" },
      ],
    });
    await user.click(screen.getByRole("button", { name: "Accept" }));
    await waitFor(() =>
      expect(screen.queryByText("badge-log.csv"), "what counts is no file to decide on").toBeNull(),
    );
    expect(asked.map((one) => one.command)).toContain("accept_import");
  });

  it("takes another meaning for a column, and sends the rest of the mapping as it was", async () => {
    const asked = withHost({ map_import: () => given });
    show(<Shown />);
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Meaning of Mail: E-mail" }));
    await user.click(await screen.findByRole("menuitem", { name: "User name" }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.args).toEqual({
      importId: 5,
      mapping: {
        name: "badge-log",
        kind: "other",
        sheet: null,
        columns: [
          { index: 0, meaning: "user_name", dateOrder: null },
          { index: 1, meaning: "date_seen", dateOrder: null },
        ],
      },
    });
  });

  it("is confirmed with one press where Muster is not sure of a column", async () => {
    const unsure = { ...given, question: "Is “Last entry” the date?", doubts: 1 };
    hold(unsure);
    const asked = withHost({ map_import: () => ({ ...unsure, question: null, doubts: null }) });
    show(<Shown />);
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Yes" }));
    await waitFor(() =>
      expect(screen.getByRole("button", { name: "Accept" }), "the answer lets it count").toHaveProperty(
        "disabled",
        false,
      ),
    );
    expect(asked[0]?.args.mapping, "as it was read").toMatchObject({
      columns: [
        { index: 0, meaning: "email" },
        { index: 1, meaning: "date_seen" },
      ],
    });
  });

  it("is compared again when another file has taken its name, before it may replace that", async () => {
    const ready = { ...given, question: null, warnings: [] };
    hold(ready);
    withHost({
      accept_import: () => {
        throw { code: "stale", message: "What counts as badge-log has changed.", detail: null };
      },
      map_import: () => ({ ...ready, replaces: 3, warnings: ["70 of the 78 people are not in this one."] }),
    });
    show(<Shown />);
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Accept" }));
    await waitFor(() =>
      expect(
        screen.getByRole("button", { name: "Accept and replace" }),
        "the button says by now what it would do",
      ).toBeTruthy(),
    );
    expect(screen.getByText(/70 of the 78/), "and the guard what is odd about it").toBeTruthy();
    expect(screen.getByText("What counts as badge-log has changed.")).toBeTruthy();
  });
});
