import { ChevronDown } from "lucide-react";
import { Button, CommandButton, CommandItem, MenuButton, MenuSeparator } from "../../components";
import { ChosenBar } from "../../directory/Floats";
import { askId, WAYS_TO_ASK } from "./commands";
import styles from "./Reclaim.module.css";

/** What can be done with the people who are ticked. */
export function SelectionBar({ all, count }: { all: boolean; count: number }) {
  return (
    <ChosenBar count={count} all={all}>
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
      <CommandButton variant="primary" className={styles.reclaim} command="reclaim.stage" />
    </ChosenBar>
  );
}
