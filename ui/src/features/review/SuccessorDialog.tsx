import { useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { Button, Dialog, ErrorBanner, SearchField } from "../../components";
import {
  asHostError,
  type HostError,
  host,
  keys,
  type PersonChoice,
  type PlanItem,
  usePersonChoices,
  write,
} from "../../host";
import { useWindow } from "../../state";
import styles from "./Review.module.css";

/** Who the reports of somebody who leaves are to have as their manager; staged like any other change. */
export function SuccessorDialog({
  item,
  onClose,
  onChosen,
}: {
  item: PlanItem;
  onClose: () => void;
  onChosen: () => void;
}) {
  const connection = useWindow((state) => state.connection);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<PersonChoice | null>(null);
  const [error, setError] = useState<HostError | null>(null);
  const choices = (usePersonChoices(connection, text, 12).data ?? []).filter(
    (choice) => choice.row !== item.row && choice.status === "active",
  );

  const stage = async () => {
    if (connection !== null && chosen !== null) {
      await write(() => host.stageSuccessor(connection, item.row, chosen.row), [keys.draft(connection)]);
    }
  };

  return (
    <Dialog
      title={`Who takes over from ${item.name}?`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isDisabled={chosen === null}
            onPress={() => {
              stage().then(
                () => {
                  onClose();
                  onChosen();
                },
                (thrown: unknown) => setError(asHostError(thrown)),
              );
            }}
          >
            {chosen === null ? "Choose" : `Move the reports to ${chosen.name}`}
          </Button>
        </>
      }
    >
      <div className={styles.choose}>
        <p>Everybody who reports to {item.name} gets a new manager, sent first. It joins the draft.</p>
        <SearchField label="Search by name, e-mail or number" value={text} onChange={setText} autoFocus />
        {text.trim() !== "" && (
          <ListBox
            aria-label="People"
            className={styles.choices}
            selectionMode="single"
            selectedKeys={chosen === null ? [] : [chosen.row]}
            onSelectionChange={(selected) => {
              const row = selected === "all" ? undefined : [...selected][0];
              setChosen(choices.find((choice) => choice.row === row) ?? null);
            }}
            renderEmptyState={() => <p className={styles.caption}>Nobody active fits “{text}”.</p>}
          >
            {choices.map((choice) => (
              <ListBoxItem key={choice.row} id={choice.row} textValue={choice.name} className={styles.choice}>
                <span>{choice.name}</span>
                <span className={styles.caption}>
                  {[choice.title, choice.department].filter(Boolean).join(" · ")}
                </span>
              </ListBoxItem>
            ))}
          </ListBox>
        )}
        {error !== null && <ErrorBanner title="Not staged." error={error} />}
      </div>
    </Dialog>
  );
}
