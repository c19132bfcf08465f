import { afterEach, describe, expect, it, vi } from "vitest";
import { featureCommands } from "../app/screens";
import { shellCommands } from "../app/shellCommands";
import { type Command, clashes, commandFor, hearKeys, keysOf, registerCommands } from "./catalogue";
import { keyCaps, matches, parseKeys } from "./keys";

const press = (
  key: string,
  keys: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...keys,
});

const command = (id: string, keys: string, more: Partial<Command> = {}): Command => ({
  id,
  title: id,
  group: "Go",
  keys,
  run: () => undefined,
  ...more,
});

let stop: (() => void) | null = null;
afterEach(() => {
  stop?.();
  stop = null;
});

describe("the catalogue", () => {
  it("gives no two commands the same keys in the same place", () => {
    expect(clashes([...shellCommands, ...featureCommands])).toEqual([]);
  });

  it("gives every command an id of its own", () => {
    const ids = [...shellCommands, ...featureCommands].map((one) => one.id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it("tells a clash, and none where places differ", () => {
    expect(clashes([command("a", "Mod+J"), command("b", "mod+j")])).toHaveLength(1);
    expect(clashes([command("a", "Mod+J"), command("b", "Mod+J", { scope: "grid" })])).toEqual([]);
  });

  it("leaves out what cannot be done now", () => {
    stop = registerCommands([command("a", "Mod+J", { when: () => false })]);
    expect(commandFor(press("j", { ctrlKey: true }), false, false)).toBeUndefined();
  });

  it("leaves keys without Mod, and editing keys, to a text field", () => {
    stop = registerCommands([command("slash", "/"), command("undo", "Mod+Z"), command("find", "Mod+F")]);
    expect(commandFor(press("/"), true, false), "a slash is text").toBeUndefined();
    expect(commandFor(press("z", { ctrlKey: true }), true, false), "undo is the field's own").toBeUndefined();
    expect(commandFor(press("f", { ctrlKey: true }), true, false)?.id).toBe("find");
    expect(commandFor(press("/"), false, false)?.id).toBe("slash");
  });

  it("does nothing behind an open dialog", () => {
    const run = vi.fn();
    const stopCommands = registerCommands([command("a", "F5", { run })]);
    const stopKeys = hearKeys(document);
    stop = () => {
      stopCommands();
      stopKeys();
    };
    document.body.innerHTML =
      '<div role="dialog"><button id="inside"></button></div><button id="outside"></button>';
    const to = (id: string) =>
      document.getElementById(id)?.dispatchEvent(new KeyboardEvent("keydown", { key: "F5", bubbles: true }));
    to("inside");
    expect(run, "a dialog is a place of its own").not.toHaveBeenCalled();
    to("outside");
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("hears a chord before a control can take it for its own key", () => {
    const review = vi.fn();
    const pressed = vi.fn();
    const stopCommands = registerCommands([command("review", "Mod+Enter", { run: review })]);
    const stopKeys = hearKeys(document);
    stop = () => {
      stopCommands();
      stopKeys();
    };
    document.body.innerHTML = '<button id="deactivate"></button>';
    const button = document.getElementById("deactivate");
    button?.addEventListener("keydown", pressed);
    button?.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }),
    );
    expect(review).toHaveBeenCalledTimes(1);
    expect(pressed, "Ctrl+Enter on a button is not a press of it").not.toHaveBeenCalled();
  });

  it("uses only keys that parse to themselves", () => {
    for (const one of shellCommands) {
      for (const keys of keysOf(one)) {
        expect(parseKeys(keys).key, `${one.id}: ${keys} ends in a key`).not.toBe("");
      }
    }
  });
});

describe("keys", () => {
  it("takes Mod for Ctrl, and for Command on a Mac", () => {
    expect(matches(parseKeys("Mod+K"), press("k", { ctrlKey: true }), false)).toBe(true);
    expect(matches(parseKeys("Mod+K"), press("k", { ctrlKey: true }), true)).toBe(false);
    expect(matches(parseKeys("Mod+K"), press("k", { metaKey: true }), true)).toBe(true);
  });

  it("minds Shift with letters, and not with signs that need it on some keyboards", () => {
    expect(matches(parseKeys("Mod+Z"), press("Z", { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matches(parseKeys("Mod+Shift+Z"), press("Z", { ctrlKey: true, shiftKey: true }), false)).toBe(
      true,
    );
    expect(matches(parseKeys("?"), press("?", { shiftKey: true }), false)).toBe(true);
    expect(matches(parseKeys("?"), press("?"), false)).toBe(true);
  });

  it("prints caps as the keyboard has them", () => {
    expect(keyCaps("Mod+Enter", false)).toEqual(["Ctrl", "↵"]);
    expect(keyCaps("Mod+Shift+K", true)).toEqual(["⌘", "⇧", "K"]);
    expect(keyCaps("Mod++", false)).toEqual(["Ctrl", "+"]);
  });
});
