import { Button } from "../../components";
import type { ViewSession } from "../../directory/session";
import { useOfSession, useTotal } from "../../directory/useSession";
import { number } from "../../format";
import { type ConnectionId, type Directory, host, keys, type ViewDefinition, write } from "../../host";
import { useWindow } from "../../state";
import styles from "./people.module.css";
import { failureNotice } from "./staging";
import { usePeople } from "./store";
import { columnsOf } from "./useColumns";

/** "1,284 of 4,986 people", and the way to keep how they were found. */
export function CountLine({
  session,
  canSave,
  connection,
  directory,
  definition,
}: {
  session: ViewSession;
  canSave: boolean;
  connection: ConnectionId;
  directory: Directory;
  definition: ViewDefinition;
}) {
  const total = useTotal(session);
  const ready = useOfSession(session, ({ view }) => view !== null);
  const note = useOfSession(session, ({ view }) => view?.note ?? null);
  const of = directory.people;
  const savedView = useWindow((state) => state.savedView);
  const ask = usePeople((state) => state.ask);
  const saved = directory.views.find((view) => view.id === savedView);
  const changed = saved !== undefined && !sameView(definition, saved.definition, directory);
  return (
    <div className={styles.count}>
      <span aria-live="polite" className="numbers">
        {ready && (
          <>
            <b>{number(total)}</b>
            {total === of ? (of === 1 ? " person" : " people") : ` of ${number(of)} people`}
          </>
        )}
      </span>
      {saved && (
        <span className={styles.viewWord}>
          in {saved.name}
          {changed ? ", changed" : ""}
        </span>
      )}
      {saved && changed && (
        <Button
          variant="link"
          size="s"
          onPress={() => {
            write(
              () => host.changeSavedView(saved.id, saved.name, definition),
              [keys.directory(connection)],
            ).catch((thrown: unknown) => usePeople.getState().tell(failureNotice(thrown)));
          }}
        >
          Save changes
        </Button>
      )}
      {canSave && (saved === undefined || changed) && (
        <Button variant="link" size="s" onPress={() => ask({ ask: "saveView" })}>
          Save as a view
        </Button>
      )}
      {note && <span className={styles.searchNote}>{note}</span>}
    </div>
  );
}

/** The columns of a view that was saved may be fewer now, and those are none that anybody changed. */
function sameView(now: ViewDefinition, saved: ViewDefinition, directory: Directory): boolean {
  const before = columnsOf(saved.columns, directory);
  return (
    JSON.stringify(now.query) === JSON.stringify(saved.query) &&
    now.compact === saved.compact &&
    now.columns.length === before.length &&
    now.columns.every((column, at) => {
      const other = before[at];
      return (
        column.attribute === other?.attribute &&
        column.width === other.width &&
        column.pinned === other.pinned
      );
    })
  );
}
