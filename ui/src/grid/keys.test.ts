import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editorExit, intentOf, type Key } from "./keys";

const press = (key: string, held: Partial<Key> = {}): Key => ({
  key,
  command: false,
  shift: false,
  alt: false,
  ...held,
});

describe("keys", () => {
  test("the ones a spreadsheet user's fingers know", () => {
    expect(intentOf(press("ArrowDown"))).toEqual({ do: "move", move: "down", extend: false });
    expect(intentOf(press("ArrowDown", { shift: true }))).toEqual({ do: "move", move: "down", extend: true });
    expect(intentOf(press("ArrowDown", { command: true }))).toEqual({
      do: "move",
      move: "columnEnd",
      extend: false,
    });
    expect(intentOf(press("Home"))).toEqual({ do: "move", move: "rowStart", extend: false });
    expect(intentOf(press("End", { command: true, shift: true }))).toEqual({
      do: "move",
      move: "end",
      extend: true,
    });
    expect(intentOf(press("PageDown"))).toEqual({ do: "move", move: "pageDown", extend: false });
    expect(intentOf(press("a", { command: true }))).toEqual({ do: "selectAll" });
    expect(intentOf(press("d", { command: true }))).toEqual({ do: "fillDown" });
    expect(intentOf(press("F2"))).toEqual({ do: "edit" });
    expect(intentOf(press("Enter"))).toEqual({ do: "edit" });
    expect(intentOf(press(" "))).toEqual({ do: "open" });
    expect(intentOf(press(" ", { shift: true }))).toEqual({ do: "tick" });
    expect(intentOf(press("Delete"))).toEqual({ do: "clear" });
    expect(intentOf(press("Tab", { shift: true }))).toEqual({ do: "tab", back: true });
  });

  test("any letter of any script begins an edit with itself", () => {
    for (const letter of ["a", "Å", "ж", "阮", "é", "7", "ê"]) {
      expect(intentOf(press(letter))).toEqual({ do: "type", text: letter });
    }
  });

  test("what belongs to the window is left alone", () => {
    for (const key of ["k", "f", "1", ",", "b", "Enter", "c", "v", "x", "z", "y"]) {
      expect(intentOf(press(key, { command: true }))).toBeNull();
    }
    for (const key of ["Shift", "Control", "Meta", "F5", "CapsLock", "Dead", "Process", "/", "?"]) {
      expect(intentOf(press(key))).toBeNull();
    }
  });

  test("Alt never types or moves, but for the letters that Option makes on a Mac", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 1 }), (key) => {
        expect(intentOf(press(key, { alt: true }))).toBeNull();
      }),
    );
    expect(intentOf(press("Ł", { alt: true, shift: true }), true), "Łódź").toEqual({ do: "type", text: "Ł" });
    for (const key of ["ArrowDown", "Enter", "Tab", "F2", "Dead", " ", "\u00a0"]) {
      expect(intentOf(press(key, { alt: true }), true), `Option with ${key} is no letter`).toBeNull();
    }
    expect(intentOf(press("ł", { alt: true, command: true }), true), "nor is it one with Command").toBeNull();
  });

  test("an editor ends by Enter, Tab and Esc only, so that typing is never cut short", () => {
    expect(editorExit(press("Enter"))).toBe("commitDown");
    expect(editorExit(press("Enter", { shift: true }))).toBe("commitUp");
    expect(editorExit(press("Tab"))).toBe("commitNext");
    expect(editorExit(press("Tab", { shift: true }))).toBe("commitBack");
    expect(editorExit(press("Escape"))).toBe("cancel");
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 1 }), (key) => {
        expect(editorExit(press(key))).toBeNull();
      }),
    );
  });
});
