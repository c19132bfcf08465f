import { ChevronDown } from "lucide-react";
import { Button, MenuButton, MenuItem } from "../../components";
import styles from "./Dialogs.module.css";

/** One of a few, in a menu. */
export function Choice<Value extends string>({
  label,
  value,
  choices,
  onChange,
  small = false,
}: {
  label: string;
  value: Value;
  choices: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  small?: boolean;
}) {
  const shown = choices.find((one) => one.value === value)?.label ?? value;
  return (
    <MenuButton
      label={label}
      button={
        <Button
          aria-label={`${label}: ${shown}`}
          size={small ? "s" : "m"}
          className={styles.choice}
          variant="secondary"
        >
          <span className={styles.choiceWords}>
            <span>{shown}</span>
            <ChevronDown aria-hidden="true" />
          </span>
        </Button>
      }
    >
      {choices.map((one) => (
        <MenuItem key={one.value} onAction={() => onChange(one.value)}>
          {one.label}
        </MenuItem>
      ))}
    </MenuButton>
  );
}
