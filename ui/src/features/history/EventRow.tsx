import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Button, classes, type State, StateGlyph } from "../../components";
import { ago, exactly } from "../../format";
import { type Act, type ConnectionId, type HistoryEvent, type HistoryQuery, useHistory } from "../../host";
import { announce, useWindow } from "../../state";
import styles from "./History.module.css";

export const PAGE = 100;

const GLYPHS: Record<Act, State> = {
  set: "staged",
  create: "added",
  activate: "added",
  deactivate: "removed",
  delete: "removed",
  arrive: "added",
  vanish: "removed",
  note: "working",
};

/** One event: the sentence first, its fields on demand. */
export function EventRow({
  connection,
  query,
  index,
}: {
  connection: ConnectionId;
  query: HistoryQuery;
  index: number;
}) {
  const start = Math.floor(index / PAGE) * PAGE;
  const event = useHistory(connection, query, start, PAGE).data?.events[index - start];
  const [open, setOpen] = useState(false);
  if (event === undefined) {
    return (
      <div className={styles.item} aria-busy="true">
        <span className={styles.waiting} />
      </div>
    );
  }
  return (
    <div className={classes(styles.item, open && styles.opened)}>
      <AriaButton className={styles.line} aria-expanded={open} onPress={() => setOpen((now) => !now)}>
        <time className={styles.time} dateTime={event.at} title={exactly(event.at)}>
          {ago(event.at)}
        </time>
        <StateGlyph state={GLYPHS[event.act]} />
        <span className={styles.sentence}>{event.sentence}</span>
        <span className={styles.origin}>
          {event.act === "note" || event.origin === "made" ? event.actor : "seen, changed elsewhere"}
        </span>
      </AriaButton>
      {open && <Inside event={event} />}
    </div>
  );
}

function Inside({ event }: { event: HistoryEvent }) {
  const { openPerson, showHistory, showRun } = useWindow.getState();
  const [raw, setRaw] = useState(false);
  const { row, run } = event;
  const facts: [string, string | null][] = [
    ["Attribute", event.label ?? event.attribute],
    ["Before", event.attribute === null ? event.before : (event.before ?? "not set")],
    ["After", event.attribute === null ? event.after : (event.after ?? "not set")],
    ["When", exactly(event.at)],
    ["Who", event.origin === "made" ? event.actor : `${event.actor}, by a sync`],
    ["Reason", event.reason],
    ["Run", run === null ? null : `${run}, of plan ${event.plan ?? "unknown"}`],
    ["Request", event.requestId],
    ["Record", event.hash],
  ];
  return (
    <div className={styles.inside}>
      {raw ? (
        <pre className={styles.raw}>{JSON.stringify(event, null, 2)}</pre>
      ) : (
        <dl className={styles.facts}>
          {facts
            .filter(([, value]) => value !== null)
            .map(([name, value]) => (
              <div key={name} className={styles.fact}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      )}
      <div className={styles.insideActs}>
        {row !== null && (
          <>
            <Button size="s" variant="quiet" onPress={() => openPerson(row)}>
              Open {event.person}
            </Button>
            <Button
              size="s"
              variant="quiet"
              onPress={() => showHistory({ row, run: null, label: event.person ?? "" })}
            >
              All of {event.person}
            </Button>
          </>
        )}
        {run !== null && (
          <>
            <Button size="s" variant="quiet" onPress={() => showRun(run)}>
              Open the run
            </Button>
            <Button
              size="s"
              variant="quiet"
              onPress={() => showHistory({ row: null, run, label: `number ${run}` })}
            >
              All of this run
            </Button>
          </>
        )}
        <Button size="s" variant="quiet" onPress={() => setRaw((now) => !now)}>
          {raw ? "Fields" : "Raw record"}
        </Button>
        {raw && (
          <Button
            size="s"
            variant="quiet"
            onPress={() =>
              void navigator.clipboard
                .writeText(JSON.stringify(event, null, 2))
                .then(() => announce("Record copied"))
            }
          >
            Copy
          </Button>
        )}
      </div>
    </div>
  );
}
