import { type ReactNode, useState } from "react";
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
import styles from "./Dialogs.module.css";
import { type Group, useReclaim } from "./store";

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
  const group = useReclaim((state) => state.filter);
  const [whom, setWhom] = useState<"selected" | "group">("selected");
  return (
    <Terms
      title={`Exempt ${people(count)}`}
      wide={group !== null}
      onClose={onClose}
      onExempt={async (reason, until) => {
        if (whom === "group" && group !== null) {
          await exemptGroup(connection, group, reason, until);
          return;
        }
        await write(() => host.exempt(connection, selection, reason, until), [keys.board(connection)]);
        useReclaim.getState().setTicks(NO_TICKS);
        announce(`${people(count)} exempt`);
      }}
    >
      {group !== null && (
        <Segmented
          label="Whom"
          value={whom}
          onChange={setWhom}
          choices={[
            { value: "selected", label: `The ${number(count)} selected` },
            { value: "group", label: `All whose ${group.label} ${group.value}, now and later` },
          ]}
        />
      )}
    </Terms>
  );
}

/** Takes a whole group out, those who come later with it. */
export function ExemptGroup({
  connection,
  group,
  people: count,
  onClose,
}: {
  connection: ConnectionId;
  group: Group;
  /** Who are in it now. */
  people: number;
  onClose: () => void;
}) {
  return (
    <Terms
      title={`Exempt all whose ${group.label} ${group.value}`}
      wide
      onClose={onClose}
      onExempt={(reason, until) => exemptGroup(connection, group, reason, until)}
    >
      <p>{people(count)} now, and whoever joins them later.</p>
    </Terms>
  );
}

async function exemptGroup(connection: ConnectionId, group: Group, reason: string, until: string | null) {
  const query = { search: "", filters: [group.filter], sort: [], pile: null };
  await write(() => host.exemptByFilter(connection, query, reason, until), [keys.board(connection)]);
  useReclaim.getState().setTicks(NO_TICKS);
  announce("Exempt, now and later");
}

function Terms({
  title,
  wide,
  onClose,
  onExempt,
  children,
}: {
  title: string;
  wide: boolean;
  onClose: () => void;
  onExempt: (reason: string, until: string | null) => Promise<void>;
  children: ReactNode;
}) {
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState<string | null | undefined>(null);
  const [problem, setProblem] = useState<HostError | null>(null);
  const ready = reason.trim() !== "" && until !== undefined;
  const exempt = () => {
    if (ready) {
      onExempt(reason.trim(), until).then(onClose, (thrown: unknown) => setProblem(asHostError(thrown)));
    }
  };
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      width={wide ? "m" : "s"}
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
        {children}
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
