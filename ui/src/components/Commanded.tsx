import type { ReactNode } from "react";
import { isAvailable, keysOf, runCommand, titleOf, useCommand } from "../commands";
import { Button, type ButtonProps, IconButton, type IconButtonProps } from "./Button";
import { type ItemProps, MenuItem } from "./Menu";

/** What a control of a command says, shows and does; null while it can't be done. */
function useControl(id: string) {
  const command = useCommand(id);
  if (command === undefined || !isAvailable(command)) return null;
  return {
    words: command.short ?? titleOf(command),
    keys: keysOf(command)[0],
    danger: command.danger === true,
    run: () => runCommand(id),
  };
}

type Without<Props> = Omit<Props, "onPress" | "onAction" | "keys" | "label" | "danger" | "children">;

/** A button whose words, keys and act are those of the catalogue. */
export function CommandButton({
  command,
  withKeys = false,
  ...rest
}: Without<ButtonProps> & { command: string; withKeys?: boolean }) {
  const control = useControl(command);
  return (
    control && (
      <Button {...rest} keys={withKeys ? control.keys : undefined} onPress={control.run}>
        {control.words}
      </Button>
    )
  );
}

export function CommandIconButton({
  command,
  icon,
  ...rest
}: Without<IconButtonProps> & { command: string; icon: ReactNode }) {
  const control = useControl(command);
  return (
    control && (
      <IconButton {...rest} icon={icon} label={control.words} keys={control.keys} onPress={control.run} />
    )
  );
}

/** As `CommandButton`, in a menu. */
export function CommandItem({ command, ...rest }: Without<ItemProps> & { command: string }) {
  const control = useControl(command);
  return (
    control && (
      <MenuItem {...rest} danger={control.danger} keys={control.keys} onAction={control.run}>
        {control.words}
      </MenuItem>
    )
  );
}
