import { Button, Dialog, ErrorBanner } from "../../components";
import { counted, people } from "../../format";
import { type Connection, host, keys, useConnections, useDraft, useWrite } from "../../host";
import { announce, turnTo, useWindow } from "../../state";
import styles from "./Connections.module.css";

export function ForgetDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const others = (useConnections().data ?? []).filter((other) => other.id !== connection.id);
  const draft = useDraft(connection.id);
  const forget = useWrite(
    () => host.forgetConnection(connection.id),
    () => [keys.connections()],
  );
  const done = () => {
    announce(`${connection.name} forgotten`);
    onClose();
    const next = others[0];
    if (next === undefined) {
      useWindow.getState().use(null);
      useWindow.getState().go("welcome");
    } else {
      turnTo(next.id);
    }
  };
  return (
    <Dialog
      title={`Forget ${connection.name}?`}
      isOpen
      onClose={onClose}
      alert
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            Keep it
          </Button>
          <Button
            variant="danger"
            isDisabled={forget.isPending}
            onPress={() => forget.mutate(undefined, { onSuccess: done })}
          >
            Forget {connection.name}
          </Button>
        </>
      }
    >
      <div className={styles.dialog}>
        <p>This leaves this computer, and comes back only by connecting and syncing again:</p>
        <ul>
          <li>the token{connection.token === "keychain" ? ", out of the keychain" : ""}</li>
          <li>the local copy of {people(connection.people)}, with its saved views</li>
          {draft !== undefined && draft.changes > 0 && (
            <li>
              the draft: {counted(draft.changes, "change")} to {people(draft.people)}, never sent
            </li>
          )}
        </ul>
        <p>The history stays. Nothing changes in {connection.name} itself.</p>
        {forget.error !== null && <ErrorBanner title="Not forgotten." error={forget.error} />}
      </div>
    </Dialog>
  );
}
