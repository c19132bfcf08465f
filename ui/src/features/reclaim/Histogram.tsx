// biome-ignore-all lint/a11y/useSemanticElements: an <input type="range"> can't stand as a line across a plot.
import { axisX, barY, type PlotOptions, rect, ruleX, ruleY, text } from "@observablehq/plot";
import { type PointerEvent, useMemo, useRef } from "react";
import { counted, number, people } from "../../format";
import type { Board } from "../../host";
import { Plotted, useWidth } from "./Plotted";
import styles from "./Reclaim.module.css";
import {
  beside,
  beyond,
  bins,
  brakeAt,
  cut,
  furthest,
  height,
  moved,
  pileOf,
  ticks,
  tickWords,
} from "./threshold";

const HEIGHT = 196;
const LEFT = 20;
const RIGHT = 28;
const TOP = 46;
const BOTTOM = 24;
const SIDE = 232;
/** A line of words beside a brake. */
const LABEL = 16;
/** About as wide as a letter of them. */
const LETTER = 5.7;
/** Between a line and its words, and beyond them. */
const GAP = 10;
/** So that the words stay in the window where the line stands at its edge. */
const HALF_PILL = 40;
/** A few people beside thousands are still to be seen. */
const LEAST_SHARE = 0.03;

/** Days since last seen, with the threshold; who was never seen and who is unknown stand apart. */
export function Histogram({
  board,
  days,
  onMove,
}: {
  board: Board;
  days: number;
  onMove: (days: number) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 1016) - SIDE;
  const end = furthest(board.histogram, board.policy.days);
  const all = useMemo(() => bins(board.histogram, end), [board.histogram, end]);
  const most = useMemo(() => Math.max(1, ...all.map((bin) => bin.people)), [all]);
  const across = (day: number) => LEFT + (day / end) * (width - LEFT - RIGHT);
  const threshold = across(Math.min(days, end));

  // The line furthest to the left is the highest, so that no line runs through the words of another.
  const brakes = useMemo(
    () =>
      board.brakes
        .flatMap((brake) => {
          const at = brakeAt(board.histogram, brake.people);
          return at === null || at > end ? [] : [{ ...brake, at }];
        })
        .sort((a, b) => a.at - b.at)
        .map((brake, row) => ({
          ...brake,
          height: 1 - (row * LABEL) / (HEIGHT - TOP - BOTTOM),
          words: `${people(brake.people)}: ${brake.label}`,
        })),
    [board, end],
  );
  const options = useMemo((): PlotOptions => {
    const pieces = cut(all, days).map((piece) => ({
      ...piece,
      height: Math.max(height(piece.people, most), LEAST_SHARE),
    }));
    const labels = brakes.flatMap((brake) => {
      const at = LEFT + (brake.at / end) * (width - LEFT - RIGHT);
      const widthOf = (words: string) => words.length * LETTER + GAP;
      const placed = beside(at, [brake.words, number(brake.people)], widthOf, threshold, width);
      return placed === null ? [] : [{ ...brake, ...placed }];
    });
    const bar = (dormant: boolean) =>
      rect(
        pieces.filter((piece) => piece.dormant === dormant),
        {
          x1: "from",
          x2: "to",
          y1: () => 0,
          y2: "height",
          insetLeft: 1,
          insetRight: 1,
          r: 2,
          fill: dormant ? "var(--accent)" : "var(--bar)",
        },
      );
    return {
      width,
      height: HEIGHT,
      marginLeft: LEFT,
      marginRight: RIGHT,
      marginTop: TOP,
      marginBottom: BOTTOM,
      style: { background: "none", fontFamily: "inherit", fontSize: "11px", overflow: "visible" },
      x: { domain: [0, end] },
      y: { domain: [0, 1], axis: null },
      marks: [
        bar(false),
        bar(true),
        ruleY([0], { stroke: "var(--line)" }),
        ruleX(brakes, {
          x: "at",
          y1: () => 0,
          y2: "height",
          stroke: "var(--staged-dot)",
          strokeDasharray: "4,3",
        }),
        ...labels.map((label) =>
          text([label], {
            x: "at",
            y: "height",
            text: "text",
            textAnchor: label.left ? "end" : "start",
            dx: label.left ? -6 : 6,
            dy: 5,
            fill: "var(--staged)",
            stroke: "var(--surface)",
            strokeWidth: 5,
          }),
        ),
        axisX({
          ticks: ticks(end),
          tickFormat: tickWords,
          tickSize: 0,
          tickPadding: 8,
          label: null,
          color: "var(--text-2)",
          fontVariant: "tabular-nums",
        }),
      ],
    };
  }, [all, days, most, width, end, brakes, threshold]);

  const apart = useMemo(() => aside(board), [board]);

  const dayAt = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const day = Math.round(((event.clientX - box.left - LEFT) / (width - LEFT - RIGHT)) * end);
    return Math.max(1, Math.min(end, day));
  };
  const now = beyond(board.histogram, days);
  return (
    <div ref={frame} className={styles.histogram}>
      <div
        className={styles.reach}
        style={{ width }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          event.currentTarget.querySelector<HTMLElement>("[role=slider]")?.focus();
          onMove(dayAt(event));
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) onMove(dayAt(event));
        }}
      >
        <Plotted options={options} />
        <div
          role="slider"
          tabIndex={0}
          className={styles.threshold}
          style={{ left: threshold }}
          aria-label="Days since last seen that make somebody dormant"
          aria-orientation="horizontal"
          aria-valuemin={1}
          aria-valuemax={end}
          aria-valuenow={days}
          aria-valuetext={`${counted(days, "day")}: ${people(now.people)}`}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            const to = moved(event.key, event.shiftKey, days, 1, end);
            if (to === null) return;
            event.preventDefault();
            event.stopPropagation();
            onMove(to);
          }}
        >
          <span className={styles.pill} style={{ left: Math.max(0, HALF_PILL - threshold) }}>
            {counted(days, "day")}
          </span>
        </div>
      </div>
      <div className={styles.apart}>
        <Plotted options={apart} />
      </div>
      <table className="visually-hidden">
        <caption>People by days since last seen</caption>
        <thead>
          <tr>
            <th scope="col">Days since last seen</th>
            <th scope="col">People</th>
          </tr>
        </thead>
        <tbody>
          {all.map((bin) => (
            <tr key={bin.from}>
              <th scope="row">{bin.to - bin.from === 1 ? bin.from : `${bin.from} to ${bin.to - 1}`}</th>
              <td>{number(bin.people)}</td>
            </tr>
          ))}
          {brakes.map((brake) => (
            <tr key={brake.label}>
              <th scope="row">{`Below ${counted(brake.at, "day")}, ${brake.label}`}</th>
              <td>{`${number(brake.people)} or more`}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Never seen</th>
            <td>{number(pileOf(board, "never_seen").people)}</td>
          </tr>
          <tr>
            <th scope="row">No evidence</th>
            <td>{number(pileOf(board, "no_evidence").people)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

/** The two that no threshold reaches, on a scale of their own. */
function aside(board: Board): PlotOptions {
  const never = { name: "never seen", people: pileOf(board, "never_seen").people };
  const unknown = { name: "no evidence", people: pileOf(board, "no_evidence").people };
  const both = [never, unknown];
  const highest = Math.max(1, never.people, unknown.people);
  const drawn = (one: { people: number }) =>
    one.people === 0 ? 0 : Math.max(one.people, highest * LEAST_SHARE);
  return {
    width: SIDE,
    height: HEIGHT,
    marginLeft: 16,
    marginRight: 16,
    marginTop: TOP + 14,
    marginBottom: BOTTOM,
    style: { background: "none", fontFamily: "inherit", fontSize: "11px", overflow: "visible" },
    x: { domain: both.map((one) => one.name), paddingInner: 0.42, paddingOuter: 0.2 },
    y: { domain: [0, highest], axis: null },
    marks: [
      barY([never], { x: "name", y: drawn, fill: "var(--bar)", r: 2 }),
      barY([unknown], {
        x: "name",
        y: drawn,
        fill: "none",
        stroke: "var(--control-line)",
        strokeDasharray: "3,3",
        r: 2,
      }),
      text(both, {
        x: "name",
        y: drawn,
        text: (one: { people: number }) => number(one.people),
        dy: -10,
        fontSize: 12,
        fill: "var(--text)",
        fontVariant: "tabular-nums",
      }),
      ruleY([0], { stroke: "var(--line)" }),
      axisX({ tickSize: 0, tickPadding: 8, label: null, color: "var(--text-2)" }),
    ],
  };
}
