import type { ReactNode, Ref } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import styles from "./Button.module.css";
import { classes } from "./classes";
import { Kbd } from "./Kbd";
import { Tooltip } from "./Tooltip";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger" | "quiet-danger" | "link";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children"> {
  variant?: ButtonVariant;
  size?: "m" | "s";
  icon?: ReactNode;
  /** Keys that do the same, shown on the button. */
  keys?: string;
  className?: string;
  ref?: Ref<HTMLButtonElement>;
  children: ReactNode;
}

/** A verb to press. One primary button per view. */
export function Button({
  variant = "secondary",
  size = "m",
  icon,
  keys,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      className={classes(styles.button, styles[variant], size === "s" && styles.small, className)}
    >
      {icon}
      <span className={styles.label}>{children}</span>
      {keys !== undefined && <Kbd keys={keys} plain />}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children"> {
  /** Its name for screen readers, and its tooltip. */
  label: string;
  icon: ReactNode;
  keys?: string;
  size?: "m" | "s";
  className?: string;
}

export function IconButton({ label, icon, keys, size = "m", className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={classes(styles.button, styles.quiet, styles.icon, size === "s" && styles.small, className)}
      >
        {icon}
      </AriaButton>
    </Tooltip>
  );
}
