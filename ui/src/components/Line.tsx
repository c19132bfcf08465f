import type { KeyboardEventHandler, ReactNode, Ref } from "react";
import { Button as AriaButton } from "react-aria-components";
import { classes } from "./classes";
import styles from "./Line.module.css";

export interface LineProps {
  open: boolean;
  onToggle: () => void;
  /** Before the words: a time, a glyph. */
  lead?: ReactNode;
  /** What the line says. */
  children: ReactNode;
  /** Below the words, quieter: why. */
  why?: ReactNode;
  /** At the line's end, part of what is pressed. */
  tail?: ReactNode;
  /** Beside what is pressed: a note, buttons of their own. */
  beside?: ReactNode;
  /** Before what is pressed: a checkbox. */
  before?: ReactNode;
  /** What it opens to. */
  inside: ReactNode;
  /** Where it begins, in pixels from the line's start. */
  indent?: number;
  className?: string;
  buttonRef?: Ref<HTMLButtonElement>;
  /** Its place in a list, for whoever moves the focus. */
  place?: number;
  onKeyDownCapture?: KeyboardEventHandler;
}

/** A sentence that opens to what is behind it. */
export function Line({
  open,
  onToggle,
  lead,
  children,
  why,
  tail,
  beside,
  before,
  inside,
  indent = 30,
  className,
  buttonRef,
  place,
  onKeyDownCapture,
}: LineProps) {
  return (
    // The keys are heard on the way to the button within.
    <div className={classes(styles.item, className)} onKeyDownCapture={onKeyDownCapture}>
      <div className={styles.line}>
        {before}
        <AriaButton
          ref={buttonRef}
          className={styles.button}
          data-line={place}
          aria-expanded={open}
          onPress={onToggle}
        >
          {lead}
          <span className={styles.words}>
            {children}
            {why !== undefined && why !== null && <span className={styles.why}>{why}</span>}
          </span>
          {tail !== undefined && <span className={styles.tail}>{tail}</span>}
        </AriaButton>
        {beside}
      </div>
      {open && (
        <div className={styles.inside} style={{ paddingLeft: indent }}>
          {inside}
        </div>
      )}
    </div>
  );
}

/** The buttons at the end of what a line opens to. */
export function LineActs({ children }: { children: ReactNode }) {
  return <div className={styles.acts}>{children}</div>;
}

/** Text as it went over the wire, or as it is kept. */
export function LineText({ children }: { children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <pre className={styles.text} tabIndex={0}>
      {children}
    </pre>
  );
}

/** Stands where a line will be. */
export function LineWaiting({ indent = 30 }: { indent?: number }) {
  return (
    <div className={styles.item} aria-busy="true">
      <span className={styles.waiting} style={{ marginLeft: indent }} />
    </div>
  );
}
