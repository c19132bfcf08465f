import { useState } from "react";
import { Button, Dialog, ErrorBanner, TextField } from "../components";
import { ago, counted, exactly, people } from "../format";
import {
  asHostError,
  type ConnectionId,
  host,
  keys,
  type ParkedDraft,
  put,
  useDraft,
  useParkedDrafts,
  useWrite,
} from "../host";
import { announce, useWindow } from "../state";
import styles from "./Parked.module.css";
import { useParking } from "./parked";

const close = () => useParking.setState({ asking: null });

/** Drafts put aside under a name: to be taken up again, or thrown away. */
export function Parking() {
  const connection = useWindow((state) => state.connection);
  const asking = useParking((state) => state.asking);
  if (connection === null || asking === null) {
    return null;
  }
  return asking === "name" ? <NameDialog connection={connection} /> : <ListDialog connection={connection} />;
}

function NameDialog({ connection }: { connection: ConnectionId }) {
  const draft = useDraft(connection);
  const [name, setName] = useState("");
  const park = useWrite(
    () => host.parkDraft(connection, name.trim()),
    () => [keys.draft(connection), keys.parkedDrafts(connection)],
  );
  const send = () =>
    park.mutate(undefined, {
      onSuccess: (after) => {
        put(keys.draft(connection), after);
        announce(`Draft put aside as ${name.trim()}`);
        close();
      },
    });
  const changes = draft?.changes ?? 0;
  return (
    <Dialog
      title={`Put ${counted(changes, "change")} aside?`}
      isOpen
      onClose={close}
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button variant="primary" isDisabled={name.trim() === "" || park.isPending} onPress={send}>
            Put aside
          </Button>
        </>
      }
    >
      <div className={styles.body}>
        <p>
          The changes to {people(draft?.people ?? 0)} wait under a name, and the next edit begins a new draft.
        </p>
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          autoFocus
          onKeyDown={(event) => {
            if (event.key === "Enter" && name.trim() !== "") {
              send();
            } else {
              event.continuePropagation();
            }
          }}
        />
        {park.error !== null && <ErrorBanner title="Not put aside." error={park.error} />}
      </div>
    </Dialog>
  );
}

function ListDialog({ connection }: { connection: ConnectionId }) {
  const parked = useParkedDrafts(connection);
  const draft = useDraft(connection);
  const inUse = (draft?.changes ?? 0) > 0;
  return (
    <Dialog
      title="Drafts put aside"
      isOpen
      onClose={close}
      width="m"
      actions={<Button onPress={close}>Close</Button>}
    >
      <div className={styles.body}>
        {parked.error !== null && (
          <ErrorBanner title="The list could not be read." error={asHostError(parked.error)} />
        )}
        {parked.data?.length === 0 && (
          <p>None. A draft is put aside from the menu beside Review, under a name of its own.</p>
        )}
        {inUse && (parked.data?.length ?? 0) > 0 && (
          <p>
            The draft in use holds {counted(draft?.changes ?? 0, "change")}. Put it aside or discard it, then
            another can be taken up.
          </p>
        )}
        <ul className={styles.list}>
          {parked.data?.map((one) => (
            <Parked key={one.id} connection={connection} draft={one} inUse={inUse} />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function Parked({
  connection,
  draft,
  inUse,
}: {
  connection: ConnectionId;
  draft: ParkedDraft;
  inUse: boolean;
}) {
  const [sure, setSure] = useState(false);
  const resume = useWrite(
    () => host.resumeDraft(connection, draft.id),
    () => [keys.draft(connection), keys.parkedDrafts(connection)],
  );
  const forget = useWrite(
    () => host.forgetDraft(connection, draft.id),
    () => [keys.parkedDrafts(connection)],
  );
  const problem = resume.error ?? forget.error;
  return (
    <li className={styles.parked}>
      <div className={styles.row}>
        <div className={styles.words}>
          <strong>{draft.name}</strong>
          <span className={styles.caption} title={exactly(draft.createdAt)}>
            {counted(draft.changes, "change")} to {people(draft.people)}, begun {ago(draft.createdAt)}
          </span>
        </div>
        {sure ? (
          <>
            <Button size="s" autoFocus onPress={() => setSure(false)}>
              Keep it
            </Button>
            <Button
              size="s"
              variant="danger"
              aria-label={`Forget ${draft.name} for good`}
              isDisabled={forget.isPending}
              onPress={() =>
                forget.mutate(undefined, { onSuccess: () => announce(`${draft.name} forgotten`) })
              }
            >
              Forget for good
            </Button>
          </>
        ) : (
          <>
            <Button
              size="s"
              variant="quiet"
              aria-label={`Forget ${draft.name}`}
              onPress={() => setSure(true)}
            >
              Forget
            </Button>
            <Button
              size="s"
              aria-label={`Take up ${draft.name}`}
              isDisabled={inUse || resume.isPending}
              onPress={() =>
                resume.mutate(undefined, {
                  onSuccess: (after) => {
                    put(keys.draft(connection), after);
                    announce(`${draft.name} taken up`);
                    close();
                  },
                })
              }
            >
              Take up
            </Button>
          </>
        )}
      </div>
      {problem !== null && <ErrorBanner title="That was not done." error={problem} />}
    </li>
  );
}
