import { describe, expect, it } from "vitest";
import { keysOf, parseKeys } from "../../commands";
import { intentOf, type Key } from "../../grid/keys";
import { peopleCommands } from "./commands";

const NAMED = [
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "Home",
  "End",
  "PageUp",
  "PageDown",
  "Tab",
  "Enter",
  "Escape",
  "Delete",
  "Backspace",
  "Insert",
  "ContextMenu",
  " ",
  ...Array.from({ length: 12 }, (_, at) => `F${at + 1}`),
];
const PRINTED = [..."abcdefghijklmnopqrstuvwxyz0123456789,.-+=/?"];

const inGrid = peopleCommands.filter((command) => command.scope === "grid");
const chords = inGrid.flatMap((command) => keysOf(command)).map(parseKeys);

const isListed = (key: Key): boolean =>
  chords.some(
    (chord) =>
      (chord.key === "Space" ? " " : chord.key) === key.key &&
      chord.mod === key.command &&
      chord.shift === key.shift &&
      chord.alt === key.alt,
  );

const all: Key[] = [...NAMED, ...PRINTED].flatMap((key) =>
  [false, true].flatMap((command) =>
    [false, true].flatMap((shift) => [false, true].map((alt): Key => ({ key, command, shift, alt }))),
  ),
);

describe("the keys of the table", () => {
  it("are all in the catalogue, and so under “?”", () => {
    const unlisted = all.filter((key) => {
      const intent = intentOf(key);
      return intent !== null && intent.do !== "type" && !isListed(key);
    });
    expect(unlisted).toEqual([]);
  });

  it("are all heard by the table, or by its clipboard", () => {
    const clipboard = ["c", "v"];
    const unheard = chords.filter(
      (chord) =>
        !(chord.mod && clipboard.includes(chord.key)) &&
        intentOf({
          key: chord.key === "Space" ? " " : chord.key,
          command: chord.mod,
          shift: chord.shift,
          alt: chord.alt,
        }) === null,
    );
    expect(unheard).toEqual([]);
  });
});
