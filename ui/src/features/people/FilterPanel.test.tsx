import { act, cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import type { Attribute, Filter, ViewQuery } from "../../host";
import { show, withHost } from "../../test/host";
import { FilterPanel } from "./FilterPanel";

const attribute = (kind: Attribute["kind"], label: string): Attribute => ({
  id: 12,
  key: `urn:x:${label}`,
  label,
  kind,
  role: null,
  writable: true,
  required: false,
  filled: 3,
  distinct: 2,
});
const rest: ViewQuery = { search: "", filters: [], sort: [], pile: null };

/** What the service of counts knows: 90 people, 60 of them with a value. */
function host() {
  let views = 0;
  return withHost({
    open_view: ({ query }) => {
      views += 1;
      const test = (query as ViewQuery).filters.at(-1)?.test;
      const total = test === undefined ? 90 : test.is === "filled" ? 60 : test.is === "empty" ? 30 : 7;
      return { id: views, version: 1, total, of: 90, note: null };
    },
    close_view: () => null,
    facet: () => ({
      attribute: 12,
      values: [
        { value: "Sales", shown: null, people: 40 },
        { value: null, shown: null, people: 30 },
        { value: "Legal", shown: null, people: 20 },
      ],
      distinct: 2,
      people: 90,
    }),
  });
}

let now: Filter | null = null;
afterEach(() => {
  now = null;
  vi.useRealTimers();
});

function Panel({ of }: { of: Attribute }) {
  const [filter, setFilter] = useState<Filter | null>(null);
  now = filter;
  return (
    <FilterPanel
      connection={1}
      attributes={[of]}
      rest={rest}
      filter={filter}
      attribute={of}
      onChange={setFilter}
      onClose={() => undefined}
    />
  );
}

it("leaves a value out by a click with Alt, wherever in its row, and goes on leaving out", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  for (const spot of ["words", "box", "count"] as const) {
    host();
    show(<Panel of={attribute("option", "Department")} />);
    const person = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    const sales = await screen.findByRole("checkbox", { name: /^Sales/ });
    const row = sales.closest("label") as HTMLElement;
    const place = {
      words: within(row).getByText("Sales"),
      box: row.querySelector("[aria-hidden=true]") as HTMLElement,
      count: within(row).getByText("40"),
    }[spot];
    await person.keyboard("{Alt>}");
    await person.click(place);
    await person.keyboard("{/Alt}");
    // A checkbox presses its own label a moment later, when nobody else has; nothing may come back from that.
    act(() => vi.advanceTimersByTime(1000));
    expect(now?.test, `by the ${spot}`).toEqual({ is: "none_of", values: ["Sales"] });
    await person.click(screen.getByRole("checkbox", { name: /^Legal/ }));
    expect(now?.test, "a plain click adds to what is left out").toEqual({
      is: "none_of",
      values: ["Sales", "Legal"],
    });
    cleanup();
  }
});

it("keeps the keyboard when an attribute is picked, so that Escape still closes it", async () => {
  host();
  const kinds: Attribute["kind"][] = ["option", "date", "employee", "text"];
  for (const kind of kinds) {
    show(
      <FilterPanel
        connection={1}
        attributes={[attribute(kind, "Picked")]}
        rest={rest}
        filter={null}
        attribute={null}
        onChange={() => undefined}
        onClose={() => undefined}
      />,
    );
    await userEvent.setup().click(screen.getByRole("button", { name: "Picked" }));
    expect(document.activeElement?.tagName, `of kind ${kind}`).toBe("INPUT");
    cleanup();
  }
});

it("says that values are to be left out before any is ticked", async () => {
  host();
  show(<Panel of={attribute("option", "Department")} />);
  const person = userEvent.setup();
  await person.click(await screen.findByRole("radio", { name: "Is none of" }));
  expect(screen.getByRole("radio", { name: "Is none of" }), "the way stays chosen").toHaveProperty(
    "checked",
    true,
  );
  expect(now, "without values there is no filter yet").toBeNull();
  await person.click(await screen.findByRole("checkbox", { name: /^Legal/ }));
  expect(now?.test).toEqual({ is: "none_of", values: ["Legal"] });
});

it("lists a date's values with their counts, and says how many have one", async () => {
  host();
  show(<Panel of={attribute("date", "Tenure")} />);
  expect(await screen.findByRole("radio", { name: "Set 60" }), "how many have a date").toBeTruthy();
  expect(screen.getByRole("radio", { name: "Not set 30" }), "and how many have none").toBeTruthy();
  const values = await screen.findByRole("list", { name: "Tenure" });
  expect(within(values).getByText("40"), "each value with its people").toBeTruthy();
});

it("says how many people a text would leave", async () => {
  host();
  show(<Panel of={attribute("text", "Title")} />);
  const person = userEvent.setup();
  await person.type(await screen.findByRole("textbox", { name: "Title contains" }), "lead");
  expect(await screen.findByText("7 people")).toBeTruthy();
  expect(now?.test).toEqual({ is: "contains", text: "lead" });
});
