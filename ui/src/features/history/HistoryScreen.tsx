import { Archive, Download, History as HistoryIcon, ShieldCheck } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { type Command, useCommands } from "../../commands";
import {
  Banner,
  Button,
  Chip,
  EmptyState,
  ErrorBanner,
  ErrorState,
  MenuButton,
  MenuItem,
  SearchField,
  Segmented,
  Skeleton,
  VirtualList,
} from "../../components";
import { ago, counted, day as dayWords, exactly, number } from "../../format";
import {
  asHostError,
  type ConnectionId,
  changed,
  type HistoryFormat,
  type HistoryQuery,
  type HostError,
  host,
  keys,
  type Origin,
  useHistory,
  type Verification,
} from "../../host";
import { announce, useWindow } from "../../state";
import { DayStrip, type Range } from "./DayStrip";
import { nextDay } from "./days";
import { EventRow, PAGE } from "./EventRow";
import styles from "./History.module.css";
import { Keeping } from "./Keeping";
import { useVisit } from "./useVisit";

export function HistoryScreen() {
  const connection = useWindow((state) => state.connection);
  return connection === null ? null : <History key={connection} connection={connection} />;
}

/** The strip's days are those of UTC, so what a bar counts is what pressing it shows. */
function midnight(day: string): string {
  return `${day}T00:00:00.000Z`;
}

/** The last visit ended in the middle of a day: the day chosen begins there. */
function later(since: string | null, from: string): string {
  return since !== null && since > from ? since : from;
}

function History({ connection }: { connection: ConnectionId }) {
  const focus = useWindow((state) => state.historyFocus);
  const { go, showHistory } = useWindow.getState();
  const [text, setText] = useState("");
  const [origin, setOrigin] = useState<Origin | "all">("all");
  const [range, setRange] = useState<Range | null>(null);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [problem, setProblem] = useState<HostError | null>(null);
  /** Events in the file that was just written, until it is put away. */
  const [written, setWritten] = useState<number | null>(null);
  const [keeping, setKeeping] = useState(false);
  const [since, setSince] = useState<string | null>(null);
  const searched = useDeferredValue(text);
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

  /** Everything but the days, so that the strip goes on showing what lies outside the stretch chosen. */
  const wide: HistoryQuery = useMemo(
    () => ({
      text: searched.trim(),
      origin: origin === "all" ? null : origin,
      row: focus?.row ?? null,
      run: focus?.run ?? null,
      from: since,
      to: null,
    }),
    [searched, origin, focus, since],
  );
  const query: HistoryQuery = useMemo(
    () =>
      range === null
        ? wide
        : { ...wide, from: later(since, midnight(range.from)), to: midnight(nextDay(range.to)) },
    [wide, range, since],
  );
  const first = useHistory(connection, query, 0, PAGE);
  const whole = useHistory(connection, wide, 0, PAGE);
  const total = first.data?.total ?? 0;
  const keyOf = useCallback((index: number) => `${JSON.stringify(query)} ${index}`, [query]);
  const narrowed =
    searched.trim() !== "" || origin !== "all" || range !== null || focus !== null || since !== null;

  const exportAs = (format: HistoryFormat) => {
    setProblem(null);
    setWritten(null);
    host.exportHistory(connection, query, format).then(
      (written) => {
        if (written !== null) {
          setWritten(written);
        }
      },
      (thrown: unknown) => setProblem(asHostError(thrown)),
    );
  };

  return (
    <div className={styles.screen}>
      <header className={styles.top}>
        <div className={styles.head}>
          <h1 className={styles.title}>History</h1>
          <p className={styles.count}>
            {first.data === undefined
              ? ""
              : narrowed
                ? `${first.data.more ? "More than " : ""}${number(total)} found`
                : counted(total, "event")}
          </p>
          <span className={styles.spring} />
          <Verify />
          <Button variant="quiet" icon={<Archive aria-hidden="true" />} onPress={() => setKeeping(true)}>
            Keeping
          </Button>
          <MenuButton
            label="Export as"
            placement="bottom end"
            button={
              <Button variant="quiet" icon={<Download aria-hidden="true" />} isDisabled={total === 0}>
                Export
              </Button>
            }
          >
            <MenuItem onAction={() => exportAs("csv")}>CSV</MenuItem>
            <MenuItem onAction={() => exportAs("xlsx")}>Excel</MenuItem>
            <MenuItem onAction={() => exportAs("json")}>JSON Lines</MenuItem>
            <MenuItem onAction={() => exportAs("ocsf")}>OCSF, for a log system</MenuItem>
            <MenuItem onAction={() => exportAs("cef")}>CEF, for a log system</MenuItem>
          </MenuButton>
        </div>
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
            <Chip
              label={focus.run === null ? "Person" : "Run"}
              value={focus.label}
              onRemove={() => showHistory(null)}
            />
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
        {visit !== null && visit.since !== null && visit.seen > 0 && since === null && (
          <Banner
            tone="info"
            title={`${counted(visit.seen, "change")} made elsewhere since you were last here.`}
            actions={
              <Button
                size="s"
                onPress={() => {
                  setSince(visit.since);
                  setOrigin("seen");
                  setRange(null);
                }}
              >
                Show {visit.seen === 1 ? "it" : "them"}
              </Button>
            }
          >
            That was {ago(visit.since)}.
          </Banner>
        )}
        {first.data?.note != null && <p className={styles.note}>{first.data.note}</p>}
        <DayStrip days={whole.data?.days ?? []} range={range} onRange={setRange} />
        {problem !== null && <ErrorBanner title="Not exported." error={problem} />}
        {written !== null && (
          <Banner
            tone="good"
            title={`Wrote ${counted(written, "event")} to the file.`}
            actions={
              <Button size="s" variant="quiet" onPress={() => setWritten(null)}>
                Put away
              </Button>
            }
          />
        )}
      </header>
      {first.isError ? (
        <ErrorState
          title="The history could not be read"
          error={asHostError(first.error)}
          onRetry={() => void changed([keys.histories(connection)])}
        />
      ) : first.data === undefined ? (
        <div className={styles.list}>
          <Skeleton />
        </div>
      ) : total === 0 && !narrowed ? (
        <EmptyState
          icon={<HistoryIcon aria-hidden="true" />}
          title="Nothing has happened yet"
          action={
            <Button variant="primary" onPress={() => go("people")}>
              Go to people
            </Button>
          }
        >
          Every change Muster makes, and every change it sees others make, stands here: who, what, before,
          after and when.
        </EmptyState>
      ) : total === 0 ? (
        <EmptyState
          title="No event fits"
          action={
            <Button
              onPress={() => {
                setText("");
                setOrigin("all");
                setRange(null);
                setSince(null);
                showHistory(null);
              }}
            >
              Show all events
            </Button>
          }
        >
          Search for a person, an attribute or a value.
        </EmptyState>
      ) : (
        <div className={styles.list} ref={setScroller}>
          <VirtualList
            label="Events, newest first"
            count={total}
            estimate={30}
            scroller={scroller}
            keyOf={keyOf}
            render={(index) => (
              <EventRow connection={connection} query={query} index={index} onSearch={setText} />
            )}
          />
        </div>
      )}
      {keeping && <Keeping connection={connection} onClose={() => setKeeping(false)} />}
    </div>
  );
}

/** Checks the chain of hashes from the first event to the last. */
function Verify() {
  const [running, setRunning] = useState(false);
  const [verification, setVerification] = useState<Verification | null>(null);
  const [error, setError] = useState<HostError | null>(null);
  const verify = () => {
    setRunning(true);
    setError(null);
    setVerification(null);
    host
      .verifyHistory(null)
      .then(setVerification, (thrown: unknown) => setError(asHostError(thrown)))
      .finally(() => setRunning(false));
  };
  return (
    <>
      <Button variant="quiet" icon={<ShieldCheck aria-hidden="true" />} isDisabled={running} onPress={verify}>
        {running ? "Verifying" : "Verify"}
      </Button>
      {(verification !== null || error !== null) && (
        <div className={styles.verified}>
          <Banner
            tone={verification?.sound === true ? "good" : "bad"}
            title={error !== null ? "Not verified." : verification?.sound === true ? "Sound." : "Broken."}
            actions={
              <>
                {verification?.anchor != null && (
                  <Button
                    size="s"
                    onPress={() =>
                      void navigator.clipboard
                        .writeText(verification.anchor ?? "")
                        .then(() => announce("Anchor copied"))
                    }
                  >
                    Copy the anchor
                  </Button>
                )}
                <Button
                  size="s"
                  onPress={() => {
                    setVerification(null);
                    setError(null);
                  }}
                >
                  Dismiss
                </Button>
              </>
            }
          >
            {error?.message ?? verification?.message}
          </Banner>
        </div>
      )}
    </>
  );
}
