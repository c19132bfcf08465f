import { type ReactNode, useState } from "react";
import { Button, Dialog, ErrorBanner, TextField } from "../components";
import {
  asHostError,
  type ConnectionId,
  type HostError,
  host,
  keys,
  type Protection,
  type RowId,
  type Selection,
  write,
} from "../host";
import { announce } from "../state";
import { DateBox } from "./DateBox";
import styles from "./ProtectDialog.module.css";

/** Keeps people from being deactivated or deleted together with others: for a reason, until a day or for good. */
export function ProtectDialog({
  connection,
  selection,
  whom,
  listed,
  onClose,
  children,
}: {
  connection: ConnectionId;
  /** Null until somebody is chosen. */
  selection: Selection | null;
  /** "Ruiz, Ana", "12 people". */
  whom: string;
  /** What holds of them now. */
  listed?: Protection | undefined;
  onClose: () => void;
  children?: ReactNode;
}) {
  const [reason, setReason] = useState(listed?.reason ?? "");
  const [until, setUntil] = useState<string | null | undefined>(listed?.until ?? null);
  const [problem, setProblem] = useState<HostError | null>(null);
  const ready = selection !== null && reason.trim() !== "" && until !== undefined;
  const protect = () => {
    if (!ready) return;
    write(() => host.protect(connection, selection, reason.trim(), until), changes(connection)).then(
      () => {
        announce(`${whom} protected`);
        onClose();
      },
      (thrown: unknown) => setProblem(asHostError(thrown)),
    );
  };
  return (
    <Dialog
      title={`Protect ${whom}`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={!ready} onPress={protect}>
            Protect
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          protect();
        }}
      >
        {problem !== null && <ErrorBanner title="Nobody was protected." error={problem} />}
        {children}
        <TextField
          label="Reason"
          autoFocus={children === undefined}
          value={reason}
          onChange={setReason}
          placeholder="Administrator"
          description="No plan deactivates or deletes protected people together with others. The reason is kept in the history."
        />
        <DateBox
          label="Until"
          value={listed?.until ?? null}
          onChange={setUntil}
          empty="For as long as you don’t end it"
        />
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Dialog>
  );
}

/** Takes somebody off the list. */
export async function stopProtecting(connection: ConnectionId, row: RowId, name: string): Promise<void> {
  await write(() => host.unprotect(connection, row), changes(connection));
  announce(`${name} is no longer protected`);
}

function changes(connection: ConnectionId) {
  return [keys.protectedPeople(connection), keys.people(connection), keys.board(connection)];
}
