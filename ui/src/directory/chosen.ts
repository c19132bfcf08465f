/** Ticks of the grid as the engine wants chosen people told. */

import { NO_TICKS, type Ticks } from "../grid/selection";
import type { Selection, ViewId } from "../host";

/** "Everyone here" must not silently become everyone of another view; single people stay chosen. */
export function withoutAll(ticks: Ticks): Ticks {
  return ticks.of === "all" ? NO_TICKS : ticks;
}

export function selectionOf(ticks: Ticks, view: ViewId): Selection {
  return ticks.of === "some"
    ? { of: "rows", rows: [...ticks.ids] }
    : { of: "view", view, except: [...ticks.except] };
}
