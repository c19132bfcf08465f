import { beforeEach, describe, expect, it } from "vitest";
import { countTicks, isTicked, setTicks } from "../../grid/selection";
import { useReclaim } from "./store";

beforeEach(() => {
  useReclaim.setState({ connection: null });
  useReclaim.getState().start(1);
});

const selected = () => countTicks(useReclaim.getState().ticks, 100);

describe("who is selected to begin with", () => {
  it("is everybody whom the evidence speaks against, and nobody else", () => {
    expect(selected(), "seen long ago").toBe(100);
    useReclaim.getState().choose("left_still_active");
    expect(selected(), "left according to HR").toBe(100);
    for (const pile of ["no_evidence", "never_seen", "duplicates"] as const) {
      useReclaim.getState().choose(pile);
      expect(selected(), `${pile} proves nothing by itself`).toBe(0);
    }
  });

  it("is nobody where the evidence is so old that everybody looks dormant", () => {
    useReclaim.getState().start(2, true);
    expect(selected(), "by a log of last spring everybody was last seen long ago").toBe(0);
    useReclaim.getState().choose("left_still_active");
    expect(selected(), "what HR says is of another file").toBe(100);
    useReclaim.getState().move(90);
    expect(selected(), "another threshold makes the log no younger").toBe(0);
    useReclaim.getState().start(2, false);
    expect(selected(), "a newer export does").toBe(100);
  });

  it("leaves out whom the admin left out, wherever the threshold goes", () => {
    const { setTicks: keep, move } = useReclaim.getState();
    keep(setTicks(useReclaim.getState().ticks, [7], false));
    move(120);
    expect(isTicked(useReclaim.getState().ticks, 7)).toBe(false);
    expect(selected()).toBe(99);
  });

  it("never turns everybody of one list into everybody of a narrower one by itself", () => {
    useReclaim.getState().narrow({
      filter: { attribute: 2, test: { is: "any_of", values: ["Sales"] } },
      label: "Department is",
      value: "Sales",
    });
    expect(selected()).toBe(0);
  });

  it("begins anew with another connection", () => {
    useReclaim.getState().move(33);
    useReclaim.getState().start(2);
    expect(useReclaim.getState().days, "the other company's policy holds there").toBeNull();
  });
});
