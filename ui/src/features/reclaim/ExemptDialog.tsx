import { useState } from "react";
import { Button, Dialog, ErrorBanner, TextField } from "../../components";
import { people } from "../../format";
import { NO_TICKS } from "../../grid/selection";
import {
  asHostError,
  type ConnectionId,
  type HostError,
  host,
  keys,
  type Selection,
  write,
} from "../../host";
import { announce } from "../../state";
import { DateBox } from "./DateBox";
import styles from "./Reclaim.module.css";
import { useReclaim } from "./store";

/** Takes people out of the piles for a reason, until a day or for good. */
export function ExemptDialog({
  connection,
  selection,
  count,
  onClose,
}: {
  connection: ConnectionId;
  selection: Selection;
  count: number;
  onClose: () => void;
}) {
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState<string | null | undefined>(null);
  const [problem, setProblem] = useState<HostError | null>(null);
  const ready = reason.trim() !== "" && until !== undefined;
  const exempt = () => {
    if (!ready) return;
    write(() => host.exempt(connection, selection, reason.trim(), until), [keys.board(connection)]).then(
      () => {
        useReclaim.getState().setTicks(NO_TICKS);
        announce(`${people(count)} exempt`);
        onClose();
      },
      (thrown: unknown) => setProblem(asHostError(thrown)),
    );
  };
  return (
    <Dialog
      title={`Exempt ${people(count)}`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={!ready} onPress={exempt}>
            Exempt
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          exempt();
        }}
      >
        {problem !== null && <ErrorBanner title="Nobody was exempted." error={problem} />}
        <TextField
          label="Reason"
          autoFocus
          value={reason}
          onChange={setReason}
          placeholder="Field staff without a computer"
          description="Exempt people are in no pile. The reason is kept in the history."
        />
        <DateBox label="Until" value={null} onChange={setUntil} empty="For as long as you don’t end it" />
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Dialog>
  );
}
