import type { ReactElement } from "react";
import { Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components";
import { Kbd } from "./Kbd";
import styles from "./Tooltip.module.css";

/** Says what a control is, and its keys, after a moment's hover or on focus. */
export function Tooltip({ text, keys, children }: { text: string; keys?: string; children: ReactElement }) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <AriaTooltip className={styles.tooltip} offset={6}>
        {text}
        {keys !== undefined && <Kbd keys={keys} plain />}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
