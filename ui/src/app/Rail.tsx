import { History, Layers, Recycle, Settings, Users } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Button as AriaButton } from "react-aria-components";
import { ariaKeys, keysOf, runCommand, titleOf, useCommand } from "../commands";
import { classes, Tooltip } from "../components";
import { SavedViews } from "../features/people";
import { number } from "../format";
import { useBoard, useConnection, useDirectory, useParkedDrafts, usePreferences, useUnseen } from "../host";
import { useWindow } from "../state";
import styles from "./Rail.module.css";

/** Where one can go; saved views below. Only what exists is here. */
export function Rail() {
  const id = useWindow((state) => state.connection);
  const screen = useWindow((state) => state.screen);
  const savedView = useWindow((state) => state.savedView);
  const collapsed = usePreferences().data?.railCollapsed ?? false;
  const connection = useConnection(id);
  const directory = useDirectory(id).data;
  const dormant = useBoard(id).data?.piles.find((one) => one.pile === "seen_long_ago")?.people ?? 0;
  const unseen = useUnseen(id);
  const parked = useParkedDrafts(id).data?.length ?? 0;
  const count = directory?.people ?? connection?.people ?? 0;
  return (
    <nav className={classes(styles.rail, collapsed && styles.collapsed)} aria-label="Screens">
      <ul className={styles.list}>
        <Item
          icon={<Users aria-hidden="true" />}
          command="go-people"
          count={id === null || count === 0 ? undefined : count}
          current={screen === "people" && savedView === null}
        />
        <Item
          icon={<Recycle aria-hidden="true" />}
          command="go-reclaim"
          count={dormant === 0 ? undefined : dormant}
          current={screen === "reclaim"}
        />
        <Item
          icon={<History aria-hidden="true" />}
          command="go-history"
          count={unseen === 0 ? undefined : unseen}
          current={screen === "history"}
        />
      </ul>
      {!collapsed && (
        <div className={styles.views}>
          <SavedViews />
        </div>
      )}
      <ul className={classes(styles.list, styles.last)}>
        {parked > 0 && (
          <Item
            icon={<Layers aria-hidden="true" />}
            command="parked"
            name="Put aside"
            count={parked}
            current={false}
          />
        )}
        <Item icon={<Settings aria-hidden="true" />} command="settings" current={screen === "settings"} />
      </ul>
    </nav>
  );
}

function Item({
  icon,
  command: id,
  name: shortName,
  count,
  current,
}: {
  icon: ReactNode;
  command: string;
  /** Where the command's own name would be too long. */
  name?: string;
  count?: number;
  current: boolean;
}) {
  const command = useCommand(id);
  const shownCount = count === undefined ? undefined : number(count);
  const countId = useId();
  if (command === undefined) {
    return null;
  }
  const name = shortName ?? titleOf(command);
  const [keys] = keysOf(command);
  return (
    <li className={styles.place}>
      <Tooltip text={shownCount === undefined ? name : `${name}, ${shownCount}`} keys={keys}>
        <AriaButton
          className={classes(styles.item, current && styles.current)}
          aria-label={name}
          aria-current={current ? "page" : undefined}
          aria-keyshortcuts={keys === undefined ? undefined : ariaKeys(keys)}
          aria-describedby={shownCount === undefined ? undefined : countId}
          onPress={() => runCommand(id)}
        >
          {icon}
          <span className={styles.name}>{name}</span>
        </AriaButton>
      </Tooltip>
      {shownCount !== undefined && (
        <span id={countId} className={styles.count}>
          {shownCount}
        </span>
      )}
    </li>
  );
}
