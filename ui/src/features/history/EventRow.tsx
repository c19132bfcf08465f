import { useState } from "react";
import { Button, Line, LineActs, LineText, LineWaiting, type State, StateGlyph } from "../../components";
import { ago, exactly } from "../../format";
import { type Act, type ConnectionId, type HistoryEvent, type HistoryQuery, useHistory } from "../../host";
import { announce, useWindow } from "../../state";
import { readDetail, valuesOf } from "./detail";
import styles from "./History.module.css";

export const PAGE = 100;
/** The details stand below the sentence, past time and glyph. */
const INDENT = 130;

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

/** What the values under the fields are. */
const VALUES: Partial<Record<Act, string>> = {
  create: "Created with",
  delete: "Had, when deleted",
};

/** One event: the sentence first, its fields on demand. */
export function EventRow({
  connection,
  query,
  index,
  onSearch,
}: {
  connection: ConnectionId;
  query: HistoryQuery;
  index: number;
  onSearch: (text: string) => void;
}) {
  const start = Math.floor(index / PAGE) * PAGE;
  const event = useHistory(connection, query, start, PAGE).data?.events[index - start];
  const [open, setOpen] = useState(false);
  if (event === undefined) {
    return <LineWaiting indent={INDENT} />;
  }
  return (
    <Line
      open={open}
      onToggle={() => setOpen((now) => !now)}
      indent={INDENT}
      lead={
        <>
          <time className={styles.time} dateTime={event.at} title={exactly(event.at)}>
            {ago(event.at)}
          </time>
          <StateGlyph state={GLYPHS[event.act]} />
        </>
      }
      tail={event.act === "note" || event.origin === "made" ? event.actor : "seen, changed elsewhere"}
      inside={<Inside event={event} onSearch={onSearch} />}
    >
      {event.sentence}
    </Line>
  );
}

/** A word for the search box, in quotes so that it stands together. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', " ")}"`;
}

function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={`${name} ${value}`} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Inside({ event, onSearch }: { event: HistoryEvent; onSearch: (text: string) => void }) {
  const { openPerson, showHistory, showRun } = useWindow.getState();
  const [raw, setRaw] = useState(false);
  const { row, run } = event;
  const label = event.label ?? event.attribute;
  const values = event.attribute === null ? [] : new Set([event.after, event.before]);
  const detail = event.detail === null ? null : readDetail(event.detail);
  const text = JSON.stringify({ ...event, detail }, null, 2);
  const facts: [string, string | null][] = [
    ["Attribute", event.label ?? event.attribute],
    ["Before", event.attribute === null ? event.before : (event.before ?? "not set")],
    ["After", event.attribute === null ? event.after : (event.after ?? "not set")],
    ["When", exactly(event.at)],
    ["Who", event.origin === "made" ? event.actor : `${event.actor}, by a sync`],
    ["Reason", event.reason],
    ["Run", run === null ? null : `${run}, of plan ${event.plan ?? "unknown"}`],
    ["Request", event.requestId],
    ["Source file", event.source === null ? null : `SHA-256 ${event.source}`],
    ["Record", event.hash],
  ];
  return (
    <>
      {raw ? (
        <LineText>{text}</LineText>
      ) : (
        <>
          <Facts facts={facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))} />
          {detail !== null && (
            <>
              <p className={styles.values}>{VALUES[event.act] ?? "Details"}</p>
              <Facts facts={valuesOf(detail)} />
            </>
          )}
        </>
      )}
      <LineActs>
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
        {label !== null && (
          <Button size="s" variant="quiet" onPress={() => onSearch(`attribute:${quoted(label)}`)}>
            All of {label}
          </Button>
        )}
        {[...values]
          .filter((value) => value !== null && value !== "")
          .map((value) => (
            <Button
              key={value}
              size="s"
              variant="quiet"
              onPress={() => onSearch(`value:${quoted(value ?? "")}`)}
            >
              All with “{value}”
            </Button>
          ))}
        <Button size="s" variant="quiet" onPress={() => setRaw((now) => !now)}>
          {raw ? "Fields" : "Raw record"}
        </Button>
        {raw && (
          <Button
            size="s"
            variant="quiet"
            onPress={() => void navigator.clipboard.writeText(text).then(() => announce("Record copied"))}
          >
            Copy
          </Button>
        )}
      </LineActs>
    </>
  );
}
