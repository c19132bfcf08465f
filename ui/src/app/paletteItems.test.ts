import { describe, expect, it } from "vitest";
import type { Command } from "../commands";
import type { PaletteSources } from "./paletteItems";
import { fits, paletteItems } from "./paletteItems";

const command = (id: string, title: string, more: Partial<Command> = {}): Command => ({
  id,
  title,
  group: "Go",
  run: () => undefined,
  ...more,
});

const sources: PaletteSources = {
  commands: [
    command("sync", "Sync now", { keys: "F5" }),
    command("settings", "Connection settings"),
    command("move", "Move to manager"),
    command("down", "Down one row", { hidden: true }),
  ],
  persons: [
    {
      row: 4,
      name: "Ruiz, Ana",
      reference: "ana@acme.example",
      title: "Sales lead",
      department: "Sales",
      status: "active",
    },
  ],
  views: [],
  connections: [],
  connected: true,
  search: () => undefined,
  openPerson: () => undefined,
  openView: () => undefined,
  switchTo: () => undefined,
};

const titles = (typed: string, more: Partial<PaletteSources> = {}) =>
  paletteItems(typed, { ...sources, ...more }).map((item) => item.title);

describe("the palette", () => {
  it("says how many are in a view once they are counted", () => {
    const definition = {
      query: { search: "", filters: [], sort: [], pile: null },
      columns: [],
      compact: false,
    };
    const view = (people: number | null) => ({
      id: 1,
      name: "Leavers",
      definition,
      people,
      followsDraft: false,
    });
    const detail = (people: number | null) =>
      paletteItems("leav", { ...sources, views: [view(people)] }).find((item) => item.title === "Leavers")
        ?.detail;
    expect(detail(74)).toBe("74 people");
    expect(detail(null)).toBe("");
  });

  it("offers the search first, then people, then commands", () => {
    expect(titles("se")).toEqual(["Search people for “se”", "Ruiz, Ana", "Connection settings"]);
  });

  it("puts a command that is named before the search, whole or by its beginning", () => {
    const more = { commands: [...sources.commands, command("move-all", "Move")] };
    expect(titles("Move", more), "Enter does what was typed in full").toEqual([
      "Move",
      "Move to manager",
      "Search people for “Move”",
      "Ruiz, Ana",
    ]);
    expect(titles("sync n")[0], "and what was begun").toBe("Sync now");
    expect(titles("manager")[0], "a word within a title names no command").toBe(
      "Search people for “manager”",
    );
    expect(titles("s")[0], "nor does a single letter").toBe("Search people for “s”");
  });

  it("lists each command once", () => {
    expect(titles("move").filter((title) => title === "Move to manager")).toHaveLength(1);
  });

  it("never does a grave thing first because of how a name begins", () => {
    const more = { commands: [command("delete", "Delete 3 selected people", { danger: true })] };
    expect(titles("del", more), "Enter on “Del Toro” begun looks for him").toEqual([
      "Search people for “del”",
      "Ruiz, Ana",
      "Delete 3 selected people",
    ]);
  });

  it("offers commands alone after >", () => {
    expect(titles(">s"), "those that begin so come first").toEqual(["Sync now", "Connection settings"]);
  });

  it("lists no movement, and shows each command's key", () => {
    const items = paletteItems("", sources);
    expect(items.map((item) => item.title)).not.toContain("Down one row");
    expect(items.find((item) => item.title === "Sync now")?.keys).toBe("F5");
  });

  it("does not offer to search where there is nothing to search", () => {
    expect(titles("zzz", { connected: false, persons: [] })).toEqual([]);
  });

  it("matches all words in any order, whatever the accents and letter case", () => {
    expect(fits("Connection settings", "SETT conn")).toBe(true);
    expect(fits("Größe ändern", "andern")).toBe(true);
    expect(fits("Connection settings", "settle")).toBe(false);
  });
});
