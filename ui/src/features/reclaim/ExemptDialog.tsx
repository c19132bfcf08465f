import { useState } from "react";
import { Button, Dialog, ErrorBanner, Segmented, TextField } from "../../components";
import { number, people } from "../../format";
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
  const filter = useReclaim((state) => state.filter);
  const [whom, setWhom] = useState<"selected" | "filter">("selected");
  const ready = reason.trim() !== "" && until !== undefined;
  const exempt = () => {
    if (!ready) return;
    const act = () =>
      whom === "filter" && filter !== null
        ? host.exemptByFilter(
            connection,
            { search: "", filters: [filter.filter], sort: [], pile: null },
            reason.trim(),
            until,
          )
        : host.exempt(connection, selection, reason.trim(), until);
    write(act, [keys.board(connection)]).then(
      () => {
        useReclaim.getState().setTicks(NO_TICKS);
        announce(whom === "filter" ? "Exempt, now and later" : `${people(count)} exempt`);
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
      width={filter === null ? "s" : "m"}
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
        {filter !== null && (
          <Segmented
            label="Whom"
            value={whom}
            onChange={setWhom}
            choices={[
              { value: "selected", label: `The ${number(count)} selected` },
              { value: "filter", label: `All whose ${filter.label} ${filter.value}, now and later` },
            ]}
          />
        )}
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
