import { axisX, axisY, barY, gridY, type PlotOptions, ruleY } from "@observablehq/plot";
import { useMemo, useRef } from "react";
import { locale, number } from "../../format";
import type { Board } from "../../host";
import { Plotted, useWidth } from "./Plotted";
import styles from "./Reclaim.module.css";

const HEIGHT = 172;
/** So many months stand on the axis at the least, the last on the right: one alone would be a wall. */
const LEAST_MONTHS = 6;

/** "Nov 2026" */
export function monthWords(month: string): string {
  const [year, one] = month.split("-").map(Number);
  if (!year || !one) return month;
  const format = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" });
  return format.format(new Date(Date.UTC(year, one - 1, 1)));
}

/** The months on the axis, "2026-11" each: those that are known, and those before them where these are few. */
export function axisMonths(known: readonly string[]): string[] {
  const months = [...known];
  while (months.length > 0 && months.length < LEAST_MONTHS) {
    const [year, one] = (months[0] ?? "").split("-").map(Number);
    if (!year || !one) break;
    const before = new Date(Date.UTC(year, one - 2, 1));
    months.unshift(before.toISOString().slice(0, 7));
  }
  return months;
}

/** Dormant and reclaimed people, month by month. */
export function Trend({ board }: { board: Board }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = Math.min(760, useWidth(frame, 1016));
  const { trend } = board;
  const options = useMemo((): PlotOptions => {
    const months = trend.map((one) => ({ ...one, name: monthWords(one.month) }));
    const highest = Math.max(1, ...months.map((one) => Math.max(one.dormant, one.reclaimed)));
    return {
      width,
      height: HEIGHT,
      marginLeft: 44,
      marginRight: 8,
      marginTop: 10,
      marginBottom: 24,
      style: { background: "none", fontFamily: "inherit", fontSize: "11px", overflow: "visible" },
      x: { domain: axisMonths(trend.map((one) => one.month)).map(monthWords), padding: 0.4 },
      y: { domain: [0, highest] },
      marks: [
        gridY({ ticks: 3, stroke: "var(--row-line)", strokeOpacity: 1 }),
        barY(months, { x: "name", y: "dormant", fill: "var(--bar)", r: 2 }),
        barY(months, { x: "name", y: "reclaimed", fill: "var(--accent)", inset: 6, insetBottom: 0, r: 2 }),
        ruleY([0], { stroke: "var(--line)" }),
        axisX({ tickSize: 0, tickPadding: 8, label: null, color: "var(--text-2)" }),
        axisY({
          ticks: 3,
          tickSize: 0,
          tickPadding: 8,
          label: null,
          color: "var(--text-2)",
          tickFormat: (value: number) => (Number.isInteger(value) ? number(value) : ""),
        }),
      ],
    };
  }, [trend, width]);
  if (trend.length === 0) {
    return (
      <p className={styles.quiet}>
        Nothing to compare yet. Each month from now on adds who was dormant and how many were reclaimed.
      </p>
    );
  }
  return (
    <div ref={frame} className={styles.trend}>
      <p className={styles.legend} aria-hidden="true">
        <span className={styles.swatch} /> dormant
        <span className={styles.swatch} data-tone="accent" /> reclaimed
      </p>
      <Plotted options={options} />
      <table className="visually-hidden">
        <caption>Dormant and reclaimed people by month</caption>
        <thead>
          <tr>
            <th scope="col">Month</th>
            <th scope="col">Dormant</th>
            <th scope="col">Reclaimed</th>
          </tr>
        </thead>
        <tbody>
          {trend.map((one) => (
            <tr key={one.month}>
              <th scope="row">{monthWords(one.month)}</th>
              <td>{number(one.dormant)}</td>
              <td>{number(one.reclaimed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
