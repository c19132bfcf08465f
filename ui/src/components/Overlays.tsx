import { X } from "lucide-react";
import type { ReactNode } from "react";
import {
  Dialog as AriaDialog,
  Popover as AriaPopover,
  DialogTrigger,
  Heading,
  Modal,
  ModalOverlay,
  type Placement,
} from "react-aria-components";
import { IconButton } from "./Button";
import { classes } from "./classes";
import styles from "./Overlays.module.css";

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** Buttons, the safe one first; the act last. */
  actions?: ReactNode;
  width?: "s" | "m" | "l";
  /** Nothing inside takes the focus, so the text itself must, to be scrolled by keys. */
  reading?: boolean;
  /** For acts that lose something: read out at once. */
  alert?: boolean;
  children: ReactNode;
}

/** For what must be settled before anything else goes on. Seldom. */
export function Dialog({
  title,
  isOpen,
  onClose,
  actions,
  width = "s",
  reading = false,
  alert = false,
  children,
}: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) {
          onClose();
        }
      }}
      isDismissable
      className={styles.scrim}
    >
      <Modal className={classes(styles.modal, styles[width])}>
        <AriaDialog role={alert ? "alertdialog" : "dialog"} className={styles.dialog}>
          <div className={styles.head}>
            <Heading slot="title" className={styles.title}>
              {title}
            </Heading>
            <IconButton label="Close" icon={<X aria-hidden="true" />} size="s" onPress={onClose} />
          </div>
          <div className={styles.body} tabIndex={reading ? 0 : undefined}>
            {children}
          </div>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A button and the small panel it opens: filters, columns, a colour. */
export function PopoverButton({
  button,
  label,
  placement = "bottom start",
  isOpen,
  onOpenChange,
  className,
  children,
}: {
  button: ReactNode;
  label: string;
  placement?: Placement;
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
  children: ReactNode | ((close: () => void) => ReactNode);
}) {
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      {button}
      <AriaPopover className={styles.popover} placement={placement} offset={4}>
        <AriaDialog aria-label={label} className={classes(styles.popoverBody, className)}>
          {({ close }) => (typeof children === "function" ? children(close) : children)}
        </AriaDialog>
      </AriaPopover>
    </DialogTrigger>
  );
}
