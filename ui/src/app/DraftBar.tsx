import { Ellipsis } from "lucide-react";
import { useState } from "react";
import {
  Button,
  CommandButton,
  CommandItem,
  Dialog,
  IconButton,
  MenuButton,
  MenuSeparator,
} from "../components";
import { counted, number, people } from "../format";
import { asHostError, host, keys, useConnection, useDraft, useWrite } from "../host";
import { announce, useWindow } from "../state";
import styles from "./DraftBar.module.css";
import { useDiscard } from "./discard";

/** What is staged and not sent. Nothing staged, no bar; in review the bar is review's own. */
export function DraftBar() {
  const id = useWindow((state) => state.connection);
  const screen = useWindow((state) => state.screen);
  const draft = useDraft(id);
  const asking = useDiscard((state) => state.asking);
  if (id === null || draft === undefined || draft.changes === 0 || screen === "review") {
    return null;
  }
  return (
    <section className={styles.bar} aria-label="Draft">
      <span className={styles.dot} aria-hidden="true" />
      <p className={styles.words}>
        <strong>{counted(draft.changes, "change")}</strong> to {people(draft.people)}, not sent yet
        {draft.stale > 0 && (
          <span className={styles.stale}>
            {" "}
            · {number(draft.stale)} changed elsewhere since {draft.stale === 1 ? "it was" : "they were"}{" "}
            staged
          </span>
        )}
      </p>
      <MenuButton
        label="More for the draft"
        placement="top end"
        button={<IconButton label="More for the draft" icon={<Ellipsis aria-hidden="true" />} />}
      >
        <CommandItem command="park" />
        <CommandItem command="parked" />
        <MenuSeparator />
        <CommandItem command="open-plan" />
      </MenuButton>
      <CommandButton variant="quiet" command="discard" />
      <CommandButton variant="primary" command="review" withKeys />
      {asking && <DiscardDialog connection={id} changes={draft.changes} people={draft.people} />}
    </section>
  );
}

function DiscardDialog({
  connection,
  changes,
  people: touched,
}: {
  connection: number;
  changes: number;
  people: number;
}) {
  const close = () => useDiscard.setState({ asking: false });
  const name = useConnection(connection)?.name ?? "";
  const [failure, setFailure] = useState<string | null>(null);
  const discard = useWrite(
    () => host.discardDraft(connection),
    () => [keys.draft(connection)],
  );
  return (
    <Dialog
      title={`Discard ${counted(changes, "change")} to ${people(touched)}?`}
      isOpen
      onClose={close}
      alert
      actions={
        <>
          <Button onPress={close} autoFocus>
            Keep the draft
          </Button>
          <Button
            variant="danger"
            isDisabled={discard.isPending}
            onPress={() =>
              discard.mutate(undefined, {
                onSuccess: () => {
                  announce("Draft discarded");
                  close();
                },
                onError: (thrown) => setFailure(asHostError(thrown).message),
              })
            }
          >
            Discard
          </Button>
        </>
      }
    >
      <p>Nothing of it has been sent; {name} stays as it is.</p>
      {failure !== null && <p role="alert">{failure}</p>}
    </Dialog>
  );
}
