import { type PlotOptions, plot } from "@observablehq/plot";
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

/** A drawing by Observable Plot. Readers of the screen get the same as a table beside it. */
export function Plotted({ options }: { options: PlotOptions }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const drawn = plot(options);
    place.current?.append(drawn);
    return () => drawn.remove();
  }, [options]);
  return <div ref={place} aria-hidden="true" />;
}

/** CSS pixels across; what it is before anything was measured. */
export function useWidth(of: RefObject<HTMLElement | null>, before: number): number {
  const [width, setWidth] = useState(before);
  useEffect(() => {
    const element = of.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const sizes = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setWidth(Math.floor(entry.contentRect.width));
    });
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [of]);
  return width;
}
