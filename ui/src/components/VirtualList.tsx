import {
  type ReactNode,
  type Ref,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { offsetsOf, spanAt } from "./span";

export interface VirtualListHandle {
  scrollTo: (index: number) => void;
}

/**
 * A long list of which only what is in sight is made. Rows may have any height: unmeasured ones count as
 * `estimate`, and are corrected once they have been on screen. It scrolls with the nearest scrolling parent given.
 */
export function VirtualList({
  count,
  estimate,
  scroller,
  render,
  keyOf,
  label,
  handle,
}: {
  count: number;
  /** CSS pixels, or by index. */
  estimate: number | ((index: number) => number);
  scroller: HTMLElement | null;
  render: (index: number) => ReactNode;
  keyOf: (index: number) => string;
  label: string;
  handle?: Ref<VirtualListHandle>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const heights = useRef(new Map<string, number>());
  const [measured, setMeasured] = useState(0);
  const [sight, setSight] = useState({ top: 0, height: 800 });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `measured` stands for the heights, which are kept outside React
  const offsets = useMemo(
    () =>
      offsetsOf(
        count,
        (index) =>
          heights.current.get(keyOf(index)) ?? (typeof estimate === "number" ? estimate : estimate(index)),
      ),
    [count, estimate, keyOf, measured],
  );

  useLayoutEffect(() => {
    if (scroller === null) {
      return;
    }
    const look = () => {
      const box = list.current;
      if (box === null) {
        return;
      }
      const top = scroller.getBoundingClientRect().top - box.getBoundingClientRect().top;
      setSight((now) =>
        now.top === top && now.height === scroller.clientHeight
          ? now
          : { top, height: scroller.clientHeight },
      );
    };
    look();
    scroller.addEventListener("scroll", look, { passive: true });
    const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(look);
    observer?.observe(scroller);
    return () => {
      scroller.removeEventListener("scroll", look);
      observer?.disconnect();
    };
  }, [scroller]);

  const [from, to] = spanAt(offsets, sight.top - 300, sight.top + sight.height + 300);

  /** Takes the heights of rows as they are; rows grow when they are opened, without this list being told. */
  const measure = useCallback((rows: Iterable<Element>) => {
    let grown = false;
    for (const row of rows) {
      if (!(row instanceof HTMLElement) || row.dataset.key === undefined) {
        continue;
      }
      const height = row.offsetHeight;
      if (height > 0 && heights.current.get(row.dataset.key) !== height) {
        heights.current.set(row.dataset.key, height);
        grown = true;
      }
    }
    if (grown) {
      setMeasured((now) => now + 1);
    }
  }, []);
  const [observer] = useState(() =>
    typeof ResizeObserver === "undefined"
      ? null
      : new ResizeObserver((entries) => measure(entries.map((entry) => entry.target))),
  );
  const watch = useCallback(
    (row: HTMLLIElement | null) => {
      if (row === null) {
        return;
      }
      observer?.observe(row);
      return () => observer?.unobserve(row);
    },
    [observer],
  );
  useLayoutEffect(() => {
    measure(list.current?.children ?? []);
  });

  useImperativeHandle(handle, () => ({
    scrollTo: (index) => {
      const box = list.current;
      if (scroller === null || box === null) {
        return;
      }
      const start =
        box.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
      const top = start + (offsets[index] ?? 0);
      const bottom = start + (offsets[index + 1] ?? 0);
      const margin = 48;
      if (top < scroller.scrollTop + margin) {
        scroller.scrollTop = Math.max(0, top - margin);
      } else if (bottom > scroller.scrollTop + scroller.clientHeight - margin) {
        scroller.scrollTop = bottom - scroller.clientHeight + margin;
      }
    },
  }));

  const rows: ReactNode[] = [];
  for (let index = from; index < to; index += 1) {
    rows.push(
      <li
        key={keyOf(index)}
        ref={watch}
        data-key={keyOf(index)}
        style={{ position: "absolute", top: offsets[index], left: 0, right: 0 }}
        aria-setsize={count}
        aria-posinset={index + 1}
      >
        {render(index)}
      </li>,
    );
  }
  return (
    <ul ref={list} aria-label={label} style={{ position: "relative", height: offsets[count] ?? 0 }}>
      {rows}
    </ul>
  );
}
