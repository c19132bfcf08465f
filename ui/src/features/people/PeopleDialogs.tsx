import { ExemptMatching } from "../../directory/ExemptTerms";
import { ProtectDialog } from "../../directory/ProtectDialog";
import type { ViewSession } from "../../directory/session";
import { useTotal } from "../../directory/useSession";
import { people as peopleIn } from "../../format";
import type { Attribute, ConnectionId, Directory, ViewDefinition } from "../../host";
import { useSelection } from "../../state";
import { BulkDialog } from "./BulkDialog";
import { ClearDialog } from "./ClearDialog";
import { PasteDialog } from "./PasteDialog";
import { SaveViewDialog } from "./SavedViews";
import { usePeople } from "./store";
import { queryWords } from "./words";

interface DialogsProps {
  connection: ConnectionId;
  directory: Directory;
  session: ViewSession;
  /** The columns on screen. */
  shown: readonly Attribute[];
  /** What is on screen, as a view. */
  definition: ViewDefinition;
  /** Called when the dialog is gone. */
  onClosed: () => void;
}

/** What is asked before something is staged, protected or kept: one dialog at a time. */
export function PeopleDialogs({ connection, directory, session, shown, definition, onClosed }: DialogsProps) {
  const asked = usePeople((state) => state.asked);
  const names = usePeople((state) => state.names);
  const { selection, count } = useSelection();
  const total = useTotal(session);
  const close = () => {
    usePeople.getState().ask(null);
    onClosed();
  };
  if (asked === null) return null;
  switch (asked.ask) {
    case "edit":
      return (
        selection && (
          <BulkDialog
            connection={connection}
            attributes={directory.attributes}
            selection={selection}
            count={count}
            title={asked.title}
            attribute={asked.attribute}
            onClose={close}
          />
        )
      );
    case "clear":
      return (
        session.snapshot().view !== null && (
          <ClearDialog
            connection={connection}
            session={session}
            columns={shown}
            blocks={asked.blocks}
            onClose={close}
          />
        )
      );
    case "paste":
      return (
        <PasteDialog
          connection={connection}
          columns={shown}
          texts={asked.texts}
          into={asked.into}
          laid={asked.laid}
          onClose={close}
        />
      );
    case "exempt":
      return (
        <ExemptMatching
          connection={connection}
          asked={definition.query}
          people={total}
          words={queryWords(definition.query, directory.attributes, names)}
          onClose={close}
        />
      );
    case "protect":
      return (
        selection && (
          <ProtectDialog
            connection={connection}
            selection={selection}
            whom={peopleIn(count)}
            onClose={close}
          />
        )
      );
    case "saveView":
      return <SaveViewDialog connection={connection} definition={definition} onClose={close} />;
  }
}
