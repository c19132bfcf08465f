import { notifyManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Attribute } from "../host";
import { type Answers, withHost } from "../test/host";
import { ValueEditor } from "./ValueEditor";

const facets: { search: string; answer: () => void }[] = [];
const found: { text: string; answer: (people: object[]) => void }[] = [];
const VALUES = [
  { value: "Sales", shown: null, people: 612 },
  { value: "Sales Support", shown: null, people: 40 },
  { value: "Legal", shown: null, people: 12 },
];

const answers: Answers = {
  open_view: () => ({ id: 1, version: 1, total: 9, of: 9, note: null }),
  facet: ({ attribute, search }) =>
    new Promise((resolve) => {
      const values = VALUES.filter((one) => one.value.toLowerCase().includes(String(search).toLowerCase()));
      facets.push({
        search: String(search),
        answer: () => resolve({ attribute, values, distinct: 3, people: 664 }),
      });
    }),
  choose_person: ({ text }) =>
    new Promise((resolve) => {
      found.push({ text: String(text), answer: resolve });
    }),
};

const attribute = (kind: Attribute["kind"]): Attribute => ({
  id: 4,
  key: "k",
  label: "Department",
  kind,
  role: null,
  writable: true,
  required: false,
  filled: 9,
  distinct: 3,
});

// Answers reach the page with the act that gives them, not a moment later.
notifyManager.setScheduler(queueMicrotask);

const answerAll = async () => {
  await waitFor(() => expect(facets, "the editor asks for values").not.toHaveLength(0));
  await act(async () => {
    for (const one of facets.splice(0)) one.answer();
  });
};
const answerPeople = async (people: object[]) => {
  await waitFor(() => expect(found, "the editor asks for people").not.toHaveLength(0));
  await act(async () => {
    for (const one of found.splice(0)) one.answer(people);
  });
};

function edit(kind: Attribute["kind"], value: string | null, typed: string | null) {
  const onCommit = vi.fn();
  const onCancel = vi.fn();
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  render(
    <QueryClientProvider client={client}>
      <ValueEditor
        connection={1}
        attribute={attribute(kind)}
        value={value}
        shown={value}
        typed={typed}
        onCommit={onCommit}
        onCancel={onCancel}
      />
    </QueryClientProvider>,
  );
  const field = screen.getByRole<HTMLInputElement>("combobox");
  const type = (text: string) => fireEvent.change(field, { target: { value: text } });
  const press = (key: string, held = {}) => fireEvent.keyDown(field, { key, ...held });
  return { field, type, press, onCommit, onCancel };
}

beforeEach(() => {
  withHost(answers);
  facets.length = 0;
  found.length = 0;
});
afterEach(cleanup);

describe("the option editor", () => {
  test("offers what people have, with how many, and takes the best match", async () => {
    const { press, onCommit } = edit("option", "Legal", "sal");
    await answerAll();
    expect(screen.getAllByRole("option").map((one) => one.textContent)).toEqual([
      "Sales612",
      "Sales Support40",
      "Create segment “sal”Nobody has this value yet",
    ]);
    press("Enter");
    expect(onCommit).toHaveBeenCalledWith({ value: "Sales" }, "commitDown");
  });

  test("never creates a segment by accident: Enter first points at it", async () => {
    const { press, onCommit } = edit("option", "Legal", "Logistics");
    await answerAll();
    press("Enter");
    expect(onCommit).not.toHaveBeenCalled();
    press("Enter");
    expect(onCommit).toHaveBeenCalledWith({ value: "Logistics", newOption: true }, "commitDown");
  });

  test("an Enter that is faster than the list waits for it, and takes nothing of an earlier text", async () => {
    const { type, press, onCommit } = edit("option", null, null);
    await answerAll();
    type("leg");
    press("Enter");
    expect(onCommit).not.toHaveBeenCalled();
    await answerAll();
    expect(onCommit).toHaveBeenCalledWith({ value: "Legal" }, "commitDown");
  });

  test("Esc reverts, and what follows is no second end", async () => {
    const { field, press, onCancel, onCommit } = edit("option", "Legal", "sal");
    await answerAll();
    press("Escape");
    fireEvent.blur(field);
    expect(onCancel).toHaveBeenCalledOnce();
    expect(onCommit).not.toHaveBeenCalled();
  });
});

describe("the employee editor", () => {
  test("takes the person found for the text that stands there, by what the service writes", async () => {
    const { type, press, onCommit } = edit("employee", null, "ana");
    await answerPeople([
      {
        row: 1,
        name: "Ruiz, Ana",
        reference: "ana@acme.example",
        title: "Lead",
        department: "Sales",
        status: "active",
      },
    ]);
    type("bo");
    press("Tab");
    expect(onCommit).not.toHaveBeenCalled();
    await answerPeople([
      {
        row: 2,
        name: "Li, Bo",
        reference: "bo@acme.example",
        title: null,
        department: null,
        status: "active",
      },
    ]);
    expect(onCommit).toHaveBeenCalledWith({ value: "bo@acme.example", shown: "Li, Bo" }, "commitNext");
  });
});

describe("the date editor", () => {
  test("echoes what it read and commits that", () => {
    const { press, onCommit } = edit("date", null, "7 mar 2024");
    expect(screen.getByRole("status").textContent).toMatch(/March/);
    press("Enter");
    expect(onCommit).toHaveBeenCalledWith({ value: "2024-03-07" }, "commitDown");
  });

  test("does not end on what is no date", () => {
    const { press, onCommit, onCancel } = edit("date", "2020-01-01", "soon");
    press("Enter");
    expect(onCommit).not.toHaveBeenCalled();
    expect(onCancel).not.toHaveBeenCalled();
  });

  test("offers both ways round when a date reads both ways", () => {
    edit("date", null, "7/3/2024");
    expect(screen.getAllByRole("option")).toHaveLength(2);
  });
});

describe("the number editor", () => {
  test("takes integers with or without separators, and nothing else", () => {
    const { type, press, onCommit } = edit("number", "3", "12.5");
    press("Enter");
    expect(onCommit).not.toHaveBeenCalled();
    type("1,200");
    press("Enter");
    expect(onCommit).toHaveBeenCalledWith({ value: "1200" }, "commitDown");
  });

  test("emptied, it clears", () => {
    const { type, press, onCommit } = edit("number", "3", null);
    type("");
    press("Enter");
    expect(onCommit).toHaveBeenCalledWith({ value: null }, "commitDown");
  });
});
