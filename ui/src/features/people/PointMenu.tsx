import { type ReactNode, useRef } from "react";
import { Menu as AriaMenu, Popover as AriaPopover } from "react-aria-components";
import styles from "./people.module.css";

/** A menu at a point of the window: for a cell or a heading. */
export function PointMenu({
  label,
  at,
  onClose,
  children,
}: {
  label: string;
  at: { x: number; y: number };
  onClose: () => void;
  children: ReactNode;
}) {
  const anchor = useRef<HTMLDivElement>(null);
  return (
    <>
      <div ref={anchor} className={styles.point} style={{ left: at.x, top: at.y }} />
      <AriaPopover
        aria-label={label}
        triggerRef={anchor}
        isOpen
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
        placement="bottom start"
        offset={2}
        className={styles.popover}
      >
        <AriaMenu aria-label={label} autoFocus="first" className={styles.menu} onClose={onClose}>
          {children}
        </AriaMenu>
      </AriaPopover>
    </>
  );
}
