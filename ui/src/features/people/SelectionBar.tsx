import { Ellipsis, X } from "lucide-react";
import {
  CommandButton,
  CommandIconButton,
  CommandItem,
  IconButton,
  MenuButton,
  MenuSeparator,
} from "../../components";
import { number } from "../../format";
import styles from "./people.module.css";
import { usePeople } from "./store";

/** What can be done with the people who are ticked; floats over the table while anybody is. */
export function SelectionBar({ count, total }: { count: number; total: number }) {
  const ticks = usePeople((state) => state.ticks);
  if (count === 0) return null;
  return (
    <section className={styles.selection} aria-label="Selected people">
      <span className={styles.selected} aria-live="polite">
        {ticks.of === "all" && count === total
          ? `All ${number(count)} selected`
          : `${number(count)} selected`}
      </span>
      <CommandButton variant="quiet" command="people.edit" />
      <CommandButton variant="quiet" command="people.moveToManager" />
      <CommandButton variant="quiet-danger" command="people.deactivate" />
      <MenuButton
        label="More for the selected"
        placement="top end"
        button={<IconButton label="More" icon={<Ellipsis aria-hidden="true" />} />}
      >
        <CommandItem command="people.activate" />
        <CommandItem command="people.protect" />
        <CommandItem command="people.copy" />
        <MenuSeparator />
        <CommandItem command="people.delete" />
      </MenuButton>
      <CommandIconButton command="grid.selectNone" icon={<X aria-hidden="true" />} />
    </section>
  );
}
