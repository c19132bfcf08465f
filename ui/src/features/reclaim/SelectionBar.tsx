import { ChevronDown, X } from "lucide-react";
import {
  Button,
  CommandButton,
  CommandIconButton,
  CommandItem,
  MenuButton,
  MenuSeparator,
} from "../../components";
import { number } from "../../format";
import { askId, WAYS_TO_ASK } from "./commands";
import styles from "./Reclaim.module.css";

/** What can be done with the people who are ticked; floats over the list while anybody is. */
export function SelectionBar({ all, count }: { all: boolean; count: number }) {
  return (
    <section className={styles.selection} aria-label="Selected people">
      <span className={styles.selected} aria-live="polite">
        {all ? `All ${number(count)} selected` : `${number(count)} selected`}
      </span>
      <CommandButton variant="quiet" command="reclaim.exempt" />
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
        {WAYS_TO_ASK.map((ask) => (
          <CommandItem key={ask} command={askId(ask)} />
        ))}
        <MenuSeparator />
        <CommandItem command="reclaim.readAnswers" />
      </MenuButton>
      <CommandButton variant="primary" command="reclaim.stage" />
      <CommandIconButton command="grid.selectNone" icon={<X aria-hidden="true" />} />
    </section>
  );
}
