import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Attribute, type ColumnLayout, client, keys, type Preferences } from "../host";
import { withHost } from "../test/host";
import { keepColumns, useKeptColumns } from "./useKeptColumns";

const attribute = (id: number): Attribute => ({
  id,
  key: `k${id}`,
  label: `Attribute ${id}`,
  kind: "text",
  role: id === 0 ? "name" : null,
  writable: id !== 0,
  required: false,
  filled: 1,
  distinct: 1,
});
const attributes = [0, 1, 2].map(attribute);
const layout = (...ids: number[]): ColumnLayout[] =>
  ids.map((id) => ({ attribute: id, width: 0, pinned: id === 0 }));
const first = layout(0, 1);

function Provider({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
const columns = (live: ColumnLayout[] | null, key = "1") =>
  renderHook(({ live, key }) => useKeptColumns(key, live, first, attributes), {
    wrapper: Provider,
    initialProps: { live, key },
  });
const preferences = () => client.getQueryData<Preferences>(keys.preferences());
const idsOf = (shown: readonly Attribute[]) => shown.map((one) => one.id);

beforeEach(() => {
  vi.useFakeTimers();
  withHost({ keep_preferences: () => null });
  client.setQueryData(keys.preferences(), {
    columns: { "1/reclaim": layout(0, 2) },
  } as unknown as Preferences);
});
afterEach(() => vi.useRealTimers());

describe("the columns of a table", () => {
  it("begin as the table does, are what is kept under its key, and what is dragged before that", () => {
    expect(idsOf(columns(null).result.current.shown)).toEqual([0, 1]);
    expect(idsOf(columns(null, "1/reclaim").result.current.shown), "another table's own").toEqual([0, 2]);
    expect(idsOf(columns(layout(0, 2, 1), "1/reclaim").result.current.shown)).toEqual([0, 2, 1]);
  });

  it("are kept once they rest, the last of them, and no other table's are touched", () => {
    const hook = columns(layout(0, 1, 2));
    act(() => vi.advanceTimersByTime(300));
    hook.rerender({ live: layout(0, 2, 1), key: "1" });
    act(() => vi.advanceTimersByTime(300));
    expect(preferences()?.columns, "it is dragged still").toEqual({ "1/reclaim": layout(0, 2) });
    act(() => vi.advanceTimersByTime(200));
    expect(preferences()?.columns).toEqual({ "1": layout(0, 2, 1), "1/reclaim": layout(0, 2) });
  });

  it("begin anew where what was kept is forgotten", () => {
    keepColumns("1/reclaim", null);
    expect(preferences()?.columns).toEqual({});
    expect(idsOf(columns(null, "1/reclaim").result.current.shown)).toEqual([0, 1]);
  });
});
