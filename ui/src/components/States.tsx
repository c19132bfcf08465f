import { Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { ProgressBar as AriaProgressBar } from "react-aria-components";
import type { HostError } from "../host/errors";
import { Button } from "./Button";
import { classes } from "./classes";
import styles from "./States.module.css";

/** What a screen is for, and the one thing to do, when there is nothing in it yet. */
export function EmptyState({
  title,
  children,
  action,
  icon,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      {icon !== undefined && <span className={styles.emptyIcon}>{icon}</span>}
      <h2 className={styles.emptyTitle}>{title}</h2>
      {children !== undefined && <div className={styles.emptyText}>{children}</div>}
      {action !== undefined && <div className={styles.emptyAction}>{action}</div>}
    </div>
  );
}

/** What happened, what to do, and details to copy. */
export function ErrorState({
  title,
  error,
  onRetry,
  action,
}: {
  title: string;
  error: HostError;
  onRetry?: () => void;
  action?: ReactNode;
}) {
  const [copied, setCopied] = useState(false);
  const detail = error.detail;
  return (
    <div className={styles.empty} role="alert">
      <h2 className={styles.emptyTitle}>{title}</h2>
      <p className={styles.emptyText} data-selectable>
        {error.message}
      </p>
      <div className={styles.emptyAction}>
        {onRetry !== undefined && (
          <Button variant="primary" onPress={onRetry}>
            Try again
          </Button>
        )}
        {action}
        {detail !== null && (
          <Button
            variant="quiet"
            icon={<Copy aria-hidden="true" />}
            onPress={() => {
              void navigator.clipboard.writeText(`${error.message}\n${detail}`).then(() => setCopied(true));
            }}
          >
            {copied ? "Details copied" : "Copy details"}
          </Button>
        )}
      </div>
    </div>
  );
}

/** True once it has lasted: nothing flashes for what is over within 300 ms. */
export function useLasting(waiting: boolean, milliseconds = 300): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!waiting) {
      setLasting(false);
      return;
    }
    const timer = setTimeout(() => setLasting(true), milliseconds);
    return () => clearTimeout(timer);
  }, [waiting, milliseconds]);
  return lasting;
}

const WIDTHS = ["62%", "48%", "71%", "55%", "66%", "43%", "58%", "74%"];

/** The shape of what comes. */
export function Skeleton({ rows = 8, label = "Loading" }: { rows?: number; label?: string }) {
  const shown = useLasting(true);
  return (
    <div role="status" aria-label={label} className={styles.skeleton}>
      {shown &&
        Array.from({ length: rows }, (_, row) => row).map((row) => (
          <span key={row} className={styles.bone} style={{ width: WIDTHS[row % WIDTHS.length] }} />
        ))}
    </div>
  );
}

/** Progress with a name; give `value` null when the end is unknown. `begun` is under way beyond it. */
export function Progress({
  label,
  value,
  begun = 0,
  max = 100,
  tone = "accent",
  className,
}: {
  label: string;
  value: number | null;
  begun?: number;
  max?: number;
  tone?: "accent" | "paused" | "good" | "bad";
  className?: string;
}) {
  return (
    <AriaProgressBar
      aria-label={label}
      value={value ?? 0}
      maxValue={Math.max(max, 1)}
      isIndeterminate={value === null}
      className={classes(styles.progress, styles[tone], className)}
    >
      {({ percentage, isIndeterminate }) => (
        <>
          <span
            className={classes(styles.fill, isIndeterminate && styles.moving)}
            style={{ width: isIndeterminate ? "30%" : `${percentage ?? 0}%` }}
          />
          {begun > 0 && (
            <span className={styles.begun} style={{ width: `${(100 * begun) / Math.max(max, 1)}%` }} />
          )}
        </>
      )}
    </AriaProgressBar>
  );
}
