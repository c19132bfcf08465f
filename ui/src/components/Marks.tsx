import type { ReactNode } from "react";
import type { Status } from "../host/bindings";
import { classes } from "./classes";
import styles from "./Marks.module.css";

const STATUS: Record<Status, string> = {
  active: "Active",
  inactive: "Inactive",
  left: "Left",
  not_started: "Not started",
};

export function statusWord(status: Status): string {
  return STATUS[status];
}

/** Where a person stands: a mark and the word. */
export function StatusMark({ status }: { status: Status }) {
  return (
    <span className={styles.status}>
      <span aria-hidden="true" className={classes(styles.dot, styles[status])} />
      {STATUS[status]}
    </span>
  );
}

export type State = "staged" | "added" | "removed" | "held" | "failed" | "done" | "same" | "working";

const GLYPHS: Record<State, string> = {
  staged: "●",
  added: "+",
  removed: "−",
  held: "‖",
  failed: "!",
  done: "✓",
  same: "=",
  working: "·",
};

/** State by sign and colour; the word stands beside it, or give it as the name. */
export function StateGlyph({ state, name }: { state: State; name?: string }) {
  return (
    <span className={classes(styles.glyph, styles[state])}>
      <span aria-hidden="true">{GLYPHS[state]}</span>
      {name !== undefined && <span className="visually-hidden">{name}</span>}
    </span>
  );
}

/** Numbers a screen is about, each over what it counts. */
export function Figures({ children, large = false }: { children: ReactNode; large?: boolean }) {
  return <dl className={classes(styles.figures, large && styles.large)}>{children}</dl>;
}

export function Figure({ value, caption }: { value: ReactNode; caption: ReactNode }) {
  return (
    <div className={styles.figure}>
      <dt className={styles.caption}>{caption}</dt>
      <dd className={styles.value} data-selectable>
        {value}
      </dd>
    </div>
  );
}
