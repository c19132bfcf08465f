import { Button, PanelSection } from "../../components";
import { ago, exactly } from "../../format";
import type { HistoryEvent, Person } from "../../host";
import { useWindow } from "../../state";
import styles from "./person.module.css";

const MOST = 8;

/** What happened to this person, newest first: made here, or seen by a sync. */
export function History({ person }: { person: Person }) {
  const events = person.history.slice(0, MOST);
  return (
    <PanelSection
      title="History"
      actions={
        events.length > 0 ? (
          <Button
            variant="link"
            size="s"
            onPress={() =>
              useWindow.getState().showHistory({ row: person.row, run: null, label: person.name })
            }
          >
            All of it
          </Button>
        ) : undefined
      }
    >
      {events.length === 0 ? (
        <p className={styles.quiet}>Nothing was changed since Muster first saw this person.</p>
      ) : (
        <ol className={styles.history}>
          {events.map((event) => (
            <li key={event.id} className={styles.event}>
              <time className={styles.when} dateTime={event.at} title={exactly(event.at)}>
                {ago(event.at)}
              </time>
              <div className={styles.what}>
                {event.sentence}
                <span className={styles.who}>{whose(event)}</span>
              </div>
            </li>
          ))}
        </ol>
      )}
    </PanelSection>
  );
}

function whose(event: HistoryEvent): string {
  const by = event.origin === "seen" ? "seen, changed elsewhere" : `by ${event.actor}`;
  return event.reason === null ? by : `${by}, ${event.reason}`;
}
