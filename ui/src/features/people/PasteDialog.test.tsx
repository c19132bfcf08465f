import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Attribute, PastedCell, Staged } from "../../host";
import { show, withHost } from "../../test/host";
import type { Laid } from "./blocks";
import { PasteDialog } from "./PasteDialog";

const manager: Attribute = {
  id: 7,
  key: "urn:x:Manager",
  label: "Manager",
  kind: "employee",
  role: "manager",
  writable: true,
  required: false,
  filled: 3,
  distinct: 2,
};
const NAMES = ["Ana", "Bo", "Cem", "Dag", "Eva", "Finn", "Gus", "Hua"];
const laid: Laid = {
  cells: NAMES.map((text, at) => ({ row: 40 + at, attribute: manager.id, text })),
  people: NAMES.length,
  linesOver: 0,
  columnsOver: 0,
  fixed: [],
};

it("asks about every name that several people have, and takes whoever the picker finds", async () => {
  const asked = withHost({
    stage_pasted: ({ cells }): Staged => {
      const open = (cells as PastedCell[]).filter((cell) => !cell.text.includes("@"));
      const refused = open.map((cell) => ({
        row: cell.row,
        name: `Person ${cell.row}`,
        code: "ambiguous_person" as const,
        message: `“${cell.text}” fits 9 people`,
        attribute: cell.attribute,
        value: cell.text,
      }));
      return {
        people: NAMES.length,
        changed: NAMES.length - open.length,
        cleared: 0,
        same: 0,
        nothing: 0,
        refused,
        refusedTotal: open.length,
        newSegments: [],
        draft: {} as Staged["draft"],
      };
    },
    choose_person: ({ text }) => [
      {
        row: 9,
        name: `Chen, ${text}`,
        reference: `${text}@a.example`,
        title: "Lead",
        department: null,
        status: "active",
      },
    ],
  });
  show(
    <PasteDialog
      connection={1}
      columns={[manager]}
      texts={NAMES.map((name) => [name])}
      into={[{ top: 0, left: 0, bottom: 7, right: 0 }]}
      laid={laid}
      onClose={() => undefined}
    />,
  );
  const person = userEvent.setup();
  const asking = () => screen.queryAllByRole("button", { name: /: choose$/ }).map((one) => one.textContent);
  await screen.findByRole("button", { name: "“Ana”: choose" });
  expect(asking(), "a few at a time").toHaveLength(6);
  expect(screen.getByText("2 more names to ask about after these.")).toBeTruthy();
  await person.click(screen.getByRole("button", { name: "“Ana”: choose" }));
  await person.click(await screen.findByRole("option", { name: /Chen/ }));
  await screen.findByRole("button", { name: "Stage for 1 person" });
  expect(asking(), "the seventh has its turn once one is answered").toEqual(
    NAMES.slice(1, 7).map((name) => `“${name}”: choose`),
  );
  expect(
    screen.getByRole("button", { name: "“Ana”: Chen, Ana, Ana@a.example" }),
    "what was answered can be answered otherwise",
  ).toBeTruthy();
  const looks = asked.filter((one) => one.command === "stage_pasted");
  expect(
    looks.every(({ args }) => (args.cells as PastedCell[]).every((cell, at) => cell.row === 40 + at)),
    "every look is about the people it was pasted for",
  ).toBe(true);
});
