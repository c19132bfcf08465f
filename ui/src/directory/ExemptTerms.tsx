import { type ReactNode, useState } from "react";
import { Button, Dialog, ErrorBanner, TextField } from "../components";
import { people } from "../format";
import { asHostError, type ConnectionId, type HostError, host, keys, type ViewQuery, write } from "../host";
import { announce } from "../state";
import { DateBox } from "./DateBox";
import styles from "./ExemptTerms.module.css";

type Asked = Pick<ViewQuery, "search" | "filters">;

/** Takes whoever matches out of the piles of dormant people, those who come to match later with them. */
export async function exemptMatching(
  connection: ConnectionId,
  asked: Asked,
  reason: string,
  until: string | null,
): Promise<void> {
  const query = { ...asked, sort: [], pile: null };
  await write(() => host.exemptByFilter(connection, query, reason, until), [keys.board(connection)]);
  announce("Exempt, now and later");
}

/** Everybody whom the filters and the search of a list find. */
export function ExemptMatching({
  connection,
  asked,
  people: count,
  words,
  onClose,
}: {
  connection: ConnectionId;
  asked: Asked;
  /** Who match now. */
  people: number;
  /** What they match, a phrase each. */
  words: readonly string[];
  onClose: () => void;
}) {
  return (
    <ExemptTerms
      title="Exempt everybody who matches"
      wide
      onClose={onClose}
      onExempt={(reason, until) =>
        exemptMatching(connection, { search: asked.search, filters: asked.filters }, reason, until)
      }
    >
      <p>
        {words.join(", and ")}: {people(count)} now, and whoever comes to match later. They are in no pile of
        Reclaim.
      </p>
    </ExemptTerms>
  );
}

/** For which reason, and until when. */
export function ExemptTerms({
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
