import { ChevronDown, X } from "lucide-react";
import { Button, IconButton, MenuButton, MenuItem, MenuSeparator } from "../../components";
import { number } from "../../format";
import { NO_TICKS } from "../../grid/selection";
import type { ConnectionId, PileFilter, Selection } from "../../host";
import { askFirst, readAnswers, reclaimChosen } from "./acts";
import styles from "./Reclaim.module.css";
import { useReclaim } from "./store";

/** What can be done with the people who are ticked; floats over the list while anybody is. */
export function SelectionBar({
  connection,
  selection,
  pile,
  all,
  count,
}: {
  connection: ConnectionId;
  selection: Selection;
  pile: PileFilter;
  all: boolean;
  count: number;
}) {
  const { ask, setTicks } = useReclaim.getState();
  return (
    <section className={styles.selection} aria-label="Selected people">
      <span className={styles.selected} aria-live="polite">
        {all ? `All ${number(count)} selected` : `${number(count)} selected`}
      </span>
      <Button variant="quiet" onPress={() => ask("exempt")}>
        Exempt…
      </Button>
      <MenuButton
        label="Ask first"
        placement="top start"
        button={
          <Button variant="quiet">
            <span className={styles.more}>
              Ask first <ChevronDown aria-hidden="true" />
            </span>
          </Button>
        }
      >
        <MenuItem onAction={() => void askFirst(connection, selection, "each_manager")}>
          A file for each manager…
        </MenuItem>
        <MenuItem onAction={() => void askFirst(connection, selection, "managers")}>
          One list, by manager…
        </MenuItem>
        <MenuItem onAction={() => void askFirst(connection, selection, "mail_merge")}>
          A list for a mail merge…
        </MenuItem>
        <MenuSeparator />
        <MenuItem onAction={() => void readAnswers(connection)}>Read the answers…</MenuItem>
      </MenuButton>
      <Button variant="primary" onPress={() => void reclaimChosen(connection, selection, pile)}>
        Reclaim
      </Button>
      <IconButton
        label="Clear the selection"
        keys="Escape"
        icon={<X aria-hidden="true" />}
        onPress={() => setTicks(NO_TICKS)}
      />
    </section>
  );
}
