import { ChevronDown, CirclePlus, Settings2 } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { CommandItem, classes, MenuButton, MenuItem, MenuSection, MenuSeparator } from "../components";
import { SyncStatus } from "../features/sync";
import { people } from "../format";
import { useConnection, useConnections } from "../host";
import { turnTo, useWindow } from "../state";
import { Palette } from "./Palette";
import styles from "./TopBar.module.css";

export function TopBar() {
  return (
    <header className={styles.bar}>
      <ConnectionMenu />
      <Palette />
      <div className={styles.right}>
        <SyncStatus />
      </div>
    </header>
  );
}

function ConnectionMenu() {
  const id = useWindow((state) => state.connection);
  const connection = useConnection(id);
  const connections = useConnections().data ?? [];
  return (
    <div className={styles.left}>
      <MenuButton
        label="Connections"
        button={
          <AriaButton
            id="connection-menu"
            className={styles.connection}
            aria-label={connection === null ? "Muster, connections" : `${connection.name}, connections`}
          >
            <span className={styles.dot} aria-hidden="true" />
            <span className={styles.name}>{connection?.name ?? "Muster"}</span>
            <ChevronDown aria-hidden="true" />
          </AriaButton>
        }
      >
        {connections.length > 0 && (
          <MenuSection title="Connections">
            {connections.map((other) => (
              <MenuItem
                key={other.id}
                id={`connection-${other.id}`}
                textValue={other.name}
                icon={<span className={classes(styles.dot, styles[other.colour])} aria-hidden="true" />}
                detail={other.syncedAt === null ? "not synced" : people(other.people)}
                onAction={() => turnTo(other.id)}
              >
                {other.id === id ? <strong>{other.name}</strong> : other.name}
              </MenuItem>
            ))}
          </MenuSection>
        )}
        {connections.length > 0 && <MenuSeparator />}
        <CommandItem command="connection-settings" icon={<Settings2 aria-hidden="true" />} />
        <CommandItem command="connect" icon={<CirclePlus aria-hidden="true" />} />
      </MenuButton>
    </div>
  );
}
