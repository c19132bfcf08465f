import { CircleAlert, CircleCheck, CirclePause, Info, Lock } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./Banner.module.css";
import { classes } from "./classes";

export type Tone = "info" | "warn" | "brake" | "bad" | "good" | "held";

const ICONS: Record<Tone, typeof Info> = {
  info: Info,
  warn: CircleAlert,
  brake: CirclePause,
  bad: CircleAlert,
  good: CircleCheck,
  held: Lock,
};

/** What has to be known before going on: what happened, and what to do. */
export function Banner({
  tone = "info",
  title,
  children,
  actions,
}: {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  const Icon = ICONS[tone];
  return (
    <div role={tone === "bad" ? "alert" : "status"} className={classes(styles.banner, styles[tone])}>
      <Icon aria-hidden="true" />
      <div className={styles.words} data-selectable>
        {title !== undefined && <strong className={styles.title}>{title}</strong>} {children}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
