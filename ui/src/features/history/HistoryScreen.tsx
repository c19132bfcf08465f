import { Archive, History as HistoryIcon } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { type Command, useCommands } from "../../commands";
import {
  Banner,
  Button,
  Chip,
  EmptyState,
  ErrorState,
  SearchField,
  Segmented,
  Skeleton,
  VirtualList,
} from "../../components";
import { ago, counted, day as dayWords, exactly, number } from "../../format";
import { asHostError, type ConnectionId, changed, keys, useHistory, type Visit } from "../../host";
import { useWindow } from "../../state";
import { DayStrip } from "./DayStrip";
import { EventRow, PAGE } from "./EventRow";
import { Exported, ExportMenu, useExporting } from "./Exporting";
import styles from "./History.module.css";
import { Keeping } from "./Keeping";
import { type Narrowing, useNarrowing } from "./useNarrowing";
import { useVisit } from "./useVisit";
import { Verify } from "./Verify";

export function HistoryScreen() {
  const connection = useWindow((state) => state.connection);
  return connection === null ? null : <History key={connection} connection={connection} />;
}

function History({ connection }: { connection: ConnectionId }) {
  const narrowing = useNarrowing();
  const { query, wide, narrowed, range, setRange } = narrowing;
  const exporting = useExporting(connection, query);
  const [keeping, setKeeping] = useState(false);
  const visit = useVisit(connection);
  const commands = useMemo<readonly Command[]>(
    () => [
      {
        id: "history-keeping",
        title: "Anchors, and how long the history is kept",
        group: "View",
        run: () => setKeeping(true),
      },
    ],
    [],
  );
  useCommands(commands);
  const first = useHistory(connection, query, 0, PAGE).data;
  const whole = useHistory(connection, wide, 0, PAGE).data;
  const total = first?.total ?? 0;
  const found = `${first?.more ? "More than " : ""}${number(total)} found`;
  return (
    <div className={styles.screen}>
      <header className={styles.top}>
        <div className={styles.head}>
          <h1 className={styles.title}>History</h1>
          <p className={styles.count}>
            {first === undefined ? "" : narrowed ? found : counted(total, "event")}
          </p>
          <span className={styles.spring} />
          <Verify />
          <Button variant="quiet" icon={<Archive aria-hidden="true" />} onPress={() => setKeeping(true)}>
            Keeping
          </Button>
          <ExportMenu exporting={exporting} isDisabled={total === 0} />
        </div>
        <Filters narrowing={narrowing} />
        <SinceVisit visit={visit} narrowing={narrowing} />
        {first?.note != null && <p className={styles.note}>{first.note}</p>}
        <DayStrip days={whole?.days ?? []} range={range} onRange={setRange} />
        <Exported exporting={exporting} />
      </header>
      <Events connection={connection} narrowing={narrowing} />
      {keeping && <Keeping connection={connection} onClose={() => setKeeping(false)} />}
    </div>
  );
}

function Filters({ narrowing }: { narrowing: Narrowing }) {
  const { text, setText, origin, setOrigin, range, setRange, since, setSince, focus, forgetFocus } =
    narrowing;
  return (
    <div className={styles.filters}>
      <SearchField
        label="Search the history"
        placeholder="Ana, department, from:2026-11-01, is:made"
        value={text}
        onChange={setText}
        className={styles.search}
      />
      <Segmented
        label="Which events"
        labelHidden
        value={origin}
        onChange={setOrigin}
        choices={[
          { value: "all", label: "All" },
          { value: "made", label: "Made by Muster" },
          { value: "seen", label: "Seen" },
        ]}
      />
      {focus !== null && (
        <Chip label={focus.run === null ? "Person" : "Run"} value={focus.label} onRemove={forgetFocus} />
      )}
      {since !== null && <Chip label="Since" value={exactly(since)} onRemove={() => setSince(null)} />}
      {range !== null && (
        <Chip
          label="Days"
          value={
            range.from === range.to
              ? dayWords(range.from)
              : `${dayWords(range.from)} to ${dayWords(range.to)}`
          }
          onRemove={() => setRange(null)}
        />
      )}
    </div>
  );
}

/** What others changed since the last visit, until it is on screen. */
function SinceVisit({ visit, narrowing }: { visit: Visit | null; narrowing: Narrowing }) {
  const since = visit?.since ?? null;
  const seen = visit?.seen ?? 0;
  if (since === null || seen === 0 || narrowing.since !== null) {
    return null;
  }
  return (
    <Banner
      tone="info"
      title={`${counted(seen, "change")} made elsewhere since you were last here.`}
      actions={
        <Button size="s" onPress={() => narrowing.showSeenSince(since)}>
          Show {seen === 1 ? "it" : "them"}
        </Button>
      }
    >
      That was {ago(since)}.
    </Banner>
  );
}

/** The events found, or why there are none. */
function Events({ connection, narrowing }: { connection: ConnectionId; narrowing: Narrowing }) {
  const { query, narrowed } = narrowing;
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const first = useHistory(connection, query, 0, PAGE);
  const keyOf = useCallback((index: number) => `${JSON.stringify(query)} ${index}`, [query]);
  if (first.isError) {
    return (
      <ErrorState
        title="The history could not be read"
        error={asHostError(first.error)}
        onRetry={() => void changed([keys.histories(connection)])}
      />
    );
  }
  if (first.data === undefined) {
    return (
      <div className={styles.list}>
        <Skeleton />
      </div>
    );
  }
  if (first.data.total === 0) {
    return narrowed ? <NoneFits onAll={narrowing.showAll} /> : <NothingYet />;
  }
  return (
    <div className={styles.list} ref={setScroller}>
      <VirtualList
        label="Events, newest first"
        count={first.data.total}
        estimate={30}
        scroller={scroller}
        keyOf={keyOf}
        render={(index) => (
          <EventRow connection={connection} query={query} index={index} onSearch={narrowing.setText} />
        )}
      />
    </div>
  );
}

function NothingYet() {
  return (
    <EmptyState
      icon={<HistoryIcon aria-hidden="true" />}
      title="Nothing has happened yet"
      action={
        <Button variant="primary" onPress={() => useWindow.getState().go("people")}>
          Go to people
        </Button>
      }
    >
      Every change Muster makes, and every change it sees others make, stands here: who, what, before, after
      and when.
    </EmptyState>
  );
}

function NoneFits({ onAll }: { onAll: () => void }) {
  return (
    <EmptyState title="No event fits" action={<Button onPress={onAll}>Show all events</Button>}>
      Search for a person, an attribute or a value.
    </EmptyState>
  );
}
