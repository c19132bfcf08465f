import { act, renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ALL_TICKS, setTicks, type Ticks } from "../grid/selection";
import { withHost } from "../test/host";
import { ViewSession } from "./session";
import { useTickCount } from "./useTickCount";

const query = { search: "", filters: [], sort: [], pile: null };

/** A view of ten people, and who of them is there when the engine is asked. */
async function opened(chosen: () => number) {
  const list = { version: 1 };
  const window = () => ({ view: 7, version: list.version, total: 10, start: 0, rows: [] });
  const asked = withHost({
    show_view: () => ({ view: { id: 7, version: 1, total: 10, of: 10, note: null }, window: window() }),
    window,
    chosen_count: chosen,
  });
  const session = new ViewSession(1);
  session.ask(query);
  await waitFor(() => expect(session.cache.total).toBe(10));
  const hook = renderHook(({ ticks }: { ticks: Ticks }) => useTickCount(1, session, 7, ticks), {
    initialProps: { ticks: ALL_TICKS },
  });
  const counts = () => asked.filter(({ command }) => command === "chosen_count");
  return { hook, list, session, counts };
}

describe("how many are ticked", () => {
  it("is known without a question, but for all but some", async () => {
    const { hook, counts } = await opened(() => 9);
    expect(hook.result.current).toBe(10);
    hook.rerender({ ticks: setTicks({ of: "some", ids: new Set() }, [1, 2], true) });
    expect(hook.result.current).toBe(2);
    expect(counts()).toEqual([]);
  });

  it("counts nobody as left out who has left the list already", async () => {
    let chosen = 9;
    const { hook, list, session, counts } = await opened(() => chosen);
    hook.rerender({ ticks: setTicks(ALL_TICKS, [3], false) });
    await waitFor(() => expect(counts()).toHaveLength(1));
    expect(hook.result.current).toBe(9);
    expect(counts()[0]?.args.selection).toEqual({ of: "view", view: 7, except: [3] });
    // The one left out goes, and another comes: still ten people.
    chosen = 10;
    list.version = 2;
    await act(() => session.cache.renew(0, () => undefined));
    await waitFor(() => expect(hook.result.current).toBe(10));
  });
});
