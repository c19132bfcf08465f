import { History, Layers, Recycle, Settings, Users } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Button as AriaButton } from "react-aria-components";
import { ariaKeys } from "../commands";
import { classes, Tooltip } from "../components";
import { SavedViews } from "../features/people";
import { number } from "../format";
import { useBoard, useConnection, useDirectory, useParkedDrafts, usePreferences, useUnseen } from "../host";
import { useWindow } from "../state";
import { showParked } from "./parked";
import styles from "./Rail.module.css";

/** Where one can go; saved views below. Only what exists is here. */
export function Rail() {
  const id = useWindow((state) => state.connection);
  const screen = useWindow((state) => state.screen);
  const savedView = useWindow((state) => state.savedView);
  const { go, setSavedView, showHistory } = useWindow.getState();
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
          name="People"
          keys="Mod+1"
          count={id === null || count === 0 ? undefined : count}
          current={screen === "people" && savedView === null}
          onPress={() => {
            setSavedView(null);
            go("people");
          }}
        />
        <Item
          icon={<Recycle aria-hidden="true" />}
          name="Reclaim"
          keys="Mod+2"
          count={dormant === 0 ? undefined : dormant}
          current={screen === "reclaim"}
          onPress={() => go("reclaim")}
        />
        <Item
          icon={<History aria-hidden="true" />}
          name="History"
          count={unseen === 0 ? undefined : unseen}
          keys="Mod+3"
          current={screen === "history"}
          onPress={() => showHistory(null)}
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
            name="Put aside"
            count={parked}
            current={false}
            onPress={showParked}
          />
        )}
        <Item
          icon={<Settings aria-hidden="true" />}
          name="Settings"
          keys="Mod+,"
          current={screen === "settings"}
          onPress={() => go("settings")}
        />
      </ul>
    </nav>
  );
}

function Item({
  icon,
  name,
  keys,
  count,
  current,
  onPress,
}: {
  icon: ReactNode;
  name: string;
  keys?: string;
  count?: number;
  current: boolean;
  onPress: () => void;
}) {
  const shownCount = count === undefined ? undefined : number(count);
  const countId = useId();
  return (
    <li className={styles.place}>
      <Tooltip text={shownCount === undefined ? name : `${name}, ${shownCount}`} keys={keys}>
        <AriaButton
          className={classes(styles.item, current && styles.current)}
          aria-label={name}
          aria-current={current ? "page" : undefined}
          aria-keyshortcuts={keys === undefined ? undefined : ariaKeys(keys)}
          aria-describedby={shownCount === undefined ? undefined : countId}
          onPress={onPress}
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
