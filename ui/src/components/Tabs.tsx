import type { ReactNode } from "react";
import {
  Tab as AriaTab,
  TabList as AriaTabList,
  TabPanel as AriaTabPanel,
  Tabs as AriaTabs,
  type Key,
} from "react-aria-components";
import styles from "./Tabs.module.css";

export function Tabs({
  selected,
  onSelect,
  children,
}: {
  selected?: string;
  onSelect?: (key: string) => void;
  children: ReactNode;
}) {
  return (
    <AriaTabs
      className={styles.tabs}
      selectedKey={selected}
      onSelectionChange={onSelect && ((key: Key) => onSelect(String(key)))}
    >
      {children}
    </AriaTabs>
  );
}

export function TabList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <AriaTabList aria-label={label} className={styles.list}>
      {children}
    </AriaTabList>
  );
}

export function Tab({ id, count, children }: { id: string; count?: string; children: ReactNode }) {
  return (
    <AriaTab id={id} className={styles.tab}>
      {children}
      {count !== undefined && <span className={styles.count}>{count}</span>}
    </AriaTab>
  );
}

export function TabPanel({ id, children }: { id: string; children: ReactNode }) {
  return (
    <AriaTabPanel id={id} className={styles.panel}>
      {children}
    </AriaTabPanel>
  );
}
