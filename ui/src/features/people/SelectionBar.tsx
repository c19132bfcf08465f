import { Ellipsis, X } from "lucide-react";
import { Button, IconButton, MenuButton, MenuItem, MenuSeparator } from "../../components";
import { number } from "../../format";
import { NO_TICKS } from "../../grid/selection";
import { copyChosen, deactivateChosen, editChosen, moveChosen, stageChosen } from "./acts";
import styles from "./people.module.css";
import { usePeople } from "./store";

/** What can be done with the people who are ticked; floats over the table while anybody is. */
export function SelectionBar({
  count,
  total,
  hasManager,
}: {
  count: number;
  total: number;
  hasManager: boolean;
}) {
  const setTicks = usePeople((state) => state.setTicks);
  const ticks = usePeople((state) => state.ticks);
  if (count === 0) return null;
  return (
    <section className={styles.selection} aria-label="Selected people">
      <span className={styles.selected} aria-live="polite">
        {ticks.of === "all" && count === total
          ? `All ${number(count)} selected`
          : `${number(count)} selected`}
      </span>
      <Button variant="quiet" onPress={editChosen}>
        Edit
      </Button>
      {hasManager && (
        <Button variant="quiet" onPress={moveChosen}>
          Move to manager
        </Button>
      )}
      <Button variant="quiet-danger" onPress={deactivateChosen}>
        Deactivate
      </Button>
      <MenuButton
        label="More for the selected"
        placement="top end"
        button={<IconButton label="More" icon={<Ellipsis aria-hidden="true" />} />}
      >
        <MenuItem onAction={() => stageChosen({ do: "activate" })}>Activate</MenuItem>
        <MenuItem onAction={copyChosen}>Copy as a table</MenuItem>
        <MenuSeparator />
        <MenuItem danger onAction={() => stageChosen({ do: "delete" })}>
          Delete
        </MenuItem>
      </MenuButton>
      <IconButton
        label="Clear the selection"
        keys="Escape"
        icon={<X aria-hidden="true" />}
        onPress={() => setTicks(NO_TICKS)}
      />
    </section>
  );
}
