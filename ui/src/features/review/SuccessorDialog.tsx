import { useState } from "react";
import { Button, Dialog, ErrorBanner } from "../../components";
import { PersonSearch } from "../../directory/PersonSearch";
import { asHostError, type HostError, host, keys, type PersonChoice, type PlanItem, write } from "../../host";
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
  const [chosen, setChosen] = useState<PersonChoice | null>(null);
  const [error, setError] = useState<HostError | null>(null);

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
        <PersonSearch
          connection={connection}
          chosen={chosen}
          onChoose={setChosen}
          fits={(choice) => choice.row !== item.row && choice.status === "active"}
          nobody="Nobody active fits"
        />
        {error !== null && <ErrorBanner title="Not staged." error={error} />}
      </div>
    </Dialog>
  );
}
