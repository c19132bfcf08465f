import type { ReactNode } from "react";
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection as AriaMenuSection,
  Popover as AriaPopover,
  Separator as AriaSeparator,
  Header,
  type MenuItemProps,
  MenuTrigger,
  type Placement,
} from "react-aria-components";
import { classes } from "./classes";
import { Kbd } from "./Kbd";
import styles from "./Menu.module.css";

/** A button and the menu it opens: `<MenuButton button={<Button>…</Button>} label="…">items</MenuButton>`. */
export function MenuButton({
  button,
  label,
  placement = "bottom start",
  children,
}: {
  button: ReactNode;
  label: string;
  placement?: Placement;
  children: ReactNode;
}) {
  return (
    <MenuTrigger>
      {button}
      <AriaPopover className={styles.popover} placement={placement} offset={4}>
        <AriaMenu aria-label={label} className={styles.menu}>
          {children}
        </AriaMenu>
      </AriaPopover>
    </MenuTrigger>
  );
}

export interface ItemProps extends Omit<MenuItemProps, "className" | "style" | "children"> {
  icon?: ReactNode;
  detail?: ReactNode;
  keys?: string;
  danger?: boolean;
  /** Words to type to reach it; needed when the children are not plain text. */
  textValue?: string;
  children: ReactNode;
}

export function MenuItem({ icon, detail, keys, danger = false, children, textValue, ...rest }: ItemProps) {
  return (
    <AriaMenuItem
      {...rest}
      textValue={textValue ?? (typeof children === "string" ? children : undefined)}
      className={classes(styles.item, danger && styles.danger)}
    >
      {icon}
      <span className={styles.words}>{children}</span>
      {detail !== undefined && <span className={styles.detail}>{detail}</span>}
      {keys !== undefined && <Kbd keys={keys} plain />}
    </AriaMenuItem>
  );
}

export function MenuSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <AriaMenuSection className={styles.section}>
      <Header className={styles.heading}>{title}</Header>
      {children}
    </AriaMenuSection>
  );
}

export function MenuSeparator() {
  return <AriaSeparator className={styles.separator} />;
}
