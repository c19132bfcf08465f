import { useEffect, useState, useSyncExternalStore } from "react";
import { countTicks, type Ticks } from "../grid/selection";
import { type ConnectionId, host, type ViewId } from "../host";
import { selectionOf } from "./chosen";
import type { ViewSession } from "./session";

interface Counted {
  ticks: Ticks;
  version: number;
  count: number;
}

/**
 * How many people of a view are ticked. Of "all but some" those excepted may have left the view
 * by now, so the engine is asked; until it has answered they count as still in it.
 */
export function useTickCount(
  connection: ConnectionId,
  { cache }: ViewSession,
  view: ViewId | null,
  ticks: Ticks,
): number {
  const [counted, setCounted] = useState<Counted | null>(null);
  const total = useSyncExternalStore(cache.subscribe, () => cache.total);
  const version = useSyncExternalStore(cache.subscribe, () => cache.version);
  const unsure = ticks.of === "all" && ticks.except.size > 0;
  useEffect(() => {
    if (view === null || !unsure) return;
    let over = false;
    host.chosenCount(connection, selectionOf(ticks, view)).then(
      (count) => {
        if (!over) setCounted({ ticks, version, count });
      },
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [connection, view, version, ticks, unsure]);
  const holds = unsure && counted?.ticks === ticks && counted.version === version;
  return holds ? counted.count : countTicks(ticks, total);
}
