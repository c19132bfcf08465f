import { useState } from "react";
import { Button, Dialog, ErrorBanner } from "../../components";
import { PersonSearch } from "../../directory/PersonSearch";
import { ProtectDialog, stopProtecting } from "../../directory/ProtectDialog";
import { date } from "../../format";
import {
  asHostError,
  type ConnectionId,
  type HostError,
  type PersonChoice,
  useProtectedPeople,
} from "../../host";
import { useWindow } from "../../state";
import styles from "./Connections.module.css";

/** Who may not leave together with others, besides people with reports: the admin's own list. */
export function ProtectedPeople({ connection }: { connection: ConnectionId }) {
  const listed = useProtectedPeople(connection);
  const [adding, setAdding] = useState(false);
  const [problem, setProblem] = useState<HostError | null>(null);
  const known = listed.data ?? [];
  return (
    <>
      <p className={styles.hint}>
        No plan deactivates or deletes these people together with others, nor people with reports. They go one
        at a time, with the name typed.
      </p>
      {listed.isError && (
        <ErrorBanner title="The list could not be read." error={asHostError(listed.error)} />
      )}
      {problem !== null && <ErrorBanner title="The list is as it was." error={problem} />}
      {known.length > 0 && (
        <ul className={styles.protected} aria-label="Protected people">
          {known.map((one) => (
            <li key={one.row}>
              <span className={styles.grow}>
                <Button variant="link" onPress={() => useWindow.getState().openPerson(one.row)}>
                  {one.name}
                </Button>
                <span className={styles.protectedWhy}>
                  {one.reason}
                  {one.until !== null && ` · until ${date(one.until)}`}
                </span>
              </span>
              <Button
                variant="quiet"
                size="s"
                aria-label={`Stop protecting ${one.name}`}
                onPress={() => {
                  setProblem(null);
                  stopProtecting(connection, one.row, one.name).catch((thrown: unknown) =>
                    setProblem(asHostError(thrown)),
                  );
                }}
              >
                Stop protecting
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button onPress={() => setAdding(true)}>Protect somebody</Button>
      {adding && <Adding connection={connection} onClose={() => setAdding(false)} />}
    </>
  );
}

function Adding({ connection, onClose }: { connection: ConnectionId; onClose: () => void }) {
  const [person, setPerson] = useState<PersonChoice | null>(null);
  const [terms, setTerms] = useState(false);
  if (terms && person !== null) {
    return (
      <ProtectDialog
        connection={connection}
        selection={{ of: "rows", rows: [person.row] }}
        whom={person.name}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog
      title="Who is to be protected?"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={person === null} onPress={() => setTerms(true)}>
            Choose
          </Button>
        </>
      }
    >
      <PersonSearch
        connection={connection}
        chosen={person}
        onChoose={setPerson}
        fits={() => true}
        nobody="Nobody fits"
      />
    </Dialog>
  );
}
