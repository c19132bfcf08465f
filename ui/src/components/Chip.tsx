import { X } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { Button } from "react-aria-components";
import styles from "./Chip.module.css";

/** A filter in words: "Region is EMEA, Nordics ×". */
export function Chip({
  label,
  value,
  note,
  onPress,
  onRemove,
  removeLabel,
  pressRef,
}: {
  label: string;
  value?: string;
  /** Quieter, after the words: how many. */
  note?: ReactNode;
  onPress?: () => void;
  onRemove?: () => void;
  removeLabel?: string;
  pressRef?: Ref<HTMLButtonElement>;
}) {
  return (
    <span className={styles.chip}>
      <Button ref={pressRef} className={styles.words} onPress={onPress} isDisabled={onPress === undefined}>
        <span className={styles.label}>{label}</span>
        {value !== undefined && <span className={styles.value}>{value}</span>}
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </Button>
      {onRemove !== undefined && (
        <Button
          className={styles.remove}
          aria-label={removeLabel ?? `Remove ${label} ${value ?? ""}`.trim()}
          onPress={onRemove}
        >
          <X aria-hidden="true" />
        </Button>
      )}
    </span>
  );
}
