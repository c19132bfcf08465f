import { Ellipsis } from "lucide-react";
import { CommandButton, CommandItem, IconButton, MenuButton, MenuSeparator } from "../../components";
import { ChosenBar } from "../../directory/Floats";
import type { ViewSession } from "../../directory/session";
import { useTotal } from "../../directory/useSession";
import { usePeople } from "./store";

/** What can be done with the people who are ticked, while anybody is. */
export function SelectionBar({ count, session }: { count: number; session: ViewSession }) {
  const ticks = usePeople((state) => state.ticks);
  const total = useTotal(session);
  if (count === 0) return null;
  return (
    <ChosenBar count={count} all={ticks.of === "all" && count === total}>
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
    </ChosenBar>
  );
}
