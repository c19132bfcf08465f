import { useQuery } from "@tanstack/react-query";
import { FileUp, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, Dialog, ErrorBanner, IconButton, Progress, useLasting } from "../../components";
import { counted, date, number, people } from "../../format";
import {
  type Alias,
  asHostError,
  type ConnectionId,
  type HostError,
  host,
  type ImportCounts,
  keys,
  type RowState,
  type Source,
  type SourceId,
  write,
} from "../../host";
import { announce } from "../../state";
import { readFiles } from "./acts";
import styles from "./Dialogs.module.css";
import { ImportCard } from "./ImportCard";
import { SourceRows } from "./ImportRows";
import { filesOf, useReclaim } from "./store";
import { age, KINDS, ROW_STATES, size } from "./words";

/** Files in: read, understood, corrected, accepted. Below, the files that count now. */
export function EvidenceDialog({
  connection,
  over,
  onClose,
}: {
  connection: ConnectionId;
  /** Files are being held over the window. */
  over: boolean;
  onClose: () => void;
}) {
  const { imports, underWay, refused } = useReclaim((state) => filesOf(state, connection));
  const reading = underWay > 0;
  return (
    <Dialog
      title="Evidence"
      isOpen
      onClose={onClose}
      width="l"
      actions={<Button onPress={onClose}>Done</Button>}
    >
      <div className={styles.evidence}>
        <div className={styles.drop} data-over={over || undefined}>
          <FileUp aria-hidden="true" />
          <p className={styles.dropWords}>
            {over
              ? "Let go to read these files."
              : "Drop sign-in exports, usage exports or HR records here: CSV, Excel, OpenDocument or JSON lines, any number of them. They are read on this computer and go nowhere."}
          </p>
          <Button isDisabled={reading} onPress={() => void readFiles(connection, "dialog")}>
            Choose files…
          </Button>
        </div>
        {reading && <Reading connection={connection} />}
        {refused.map(({ fileName, error }) => (
          <ErrorBanner
            key={fileName}
            title={fileName === null ? "No file was read." : `${fileName} was not read.`}
            error={error}
          />
        ))}
        {imports.map((one) => (
          <ImportCard key={one.id} connection={connection} given={one} />
        ))}
        <Sources connection={connection} />
        <Aliases connection={connection} />
      </div>
    </Dialog>
  );
}

function Reading({ connection }: { connection: ConnectionId }) {
  const { progress } = useReclaim((state) => filesOf(state, connection));
  const lasting = useLasting(true);
  if (!lasting) return null;
  return (
    <div className={styles.reading}>
      <p className={styles.readingWords} aria-live="polite">
        {progress === null
          ? "Reading…"
          : `Reading ${progress.fileName}: ${counted(progress.rows, "row")}, ${size(progress.bytes)} of ${size(progress.totalBytes)}`}
      </p>
      <Progress
        label="Reading files"
        value={progress === null || progress.totalBytes === 0 ? null : progress.bytes}
        max={progress?.totalBytes ?? 1}
      />
      <Button
        size="s"
        variant="quiet"
        onPress={() => void host.cancelImport(connection).catch(() => undefined)}
      >
        Cancel
      </Button>
    </div>
  );
}

function Sources({ connection }: { connection: ConnectionId }) {
  const sources = useQuery({
    queryKey: [...keys.board(connection), "sources"],
    queryFn: () => host.evidenceSources(connection),
  });
  const [problem, setProblem] = useState<HostError | null>(null);
  const [listed, setListed] = useState<{ source: SourceId; state: RowState } | null>(null);
  const forget = (source: Source) => {
    setProblem(null);
    write(() => host.forgetSource(source.id), [keys.board(connection)]).then(
      () => announce(`${source.name} does not count any more`),
      (thrown: unknown) => setProblem(asHostError(thrown)),
    );
  };
  if (sources.isError) {
    return <ErrorBanner title="The sources could not be listed." error={asHostError(sources.error)} />;
  }
  if (!sources.data || sources.data.length === 0) return null;
  return (
    <section aria-label="Sources that count">
      <h3 className={styles.sectionTitle}>What counts now</h3>
      {problem !== null && <ErrorBanner title="This was not done." error={problem} />}
      <ul className={styles.sources}>
        {sources.data.map((source) => (
          <li key={source.id} className={styles.source}>
            <div className={styles.sourceWords}>
              <p>
                <strong>{source.name}</strong>{" "}
                <span className={styles.faint}>
                  {source.name !== KINDS[source.kind] && `${KINDS[source.kind]}, `}
                  {source.ageDays > 0 && `as of ${date(source.asOf)}, `}
                  {age(source.ageDays)}
                </span>
              </p>
              <p className={styles.faint}>
                {source.fileName} · {people(source.people)} from {counted(source.counts.rows, "row")}
                <Spoilt
                  counts={source.counts}
                  listed={listed?.source === source.id ? listed.state : null}
                  onList={(state) =>
                    setListed(
                      listed?.source === source.id && listed.state === state
                        ? null
                        : { source: source.id, state },
                    )
                  }
                />
              </p>
              <p className={styles.proof}>
                {source.proves} {source.provesNot}
              </p>
              {listed?.source === source.id && (
                <SourceRows source={source} state={listed.state} onProblem={setProblem} />
              )}
            </div>
            <IconButton
              size="s"
              label={`Forget ${source.name}`}
              icon={<Trash2 aria-hidden="true" />}
              onPress={() => forget(source)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The rows of a source that count for nobody, by why; each number lists them. */
function Spoilt({
  counts,
  listed,
  onList,
}: {
  counts: ImportCounts;
  listed: RowState | null;
  onList: (state: RowState) => void;
}) {
  return ROW_STATES.filter((state) => counts[state] > 0).map((state) => (
    <span key={state}>
      {" · "}
      <Button variant="link" aria-expanded={listed === state} onPress={() => onList(state)}>
        {`${number(counts[state])} ${state}`}
      </Button>
    </span>
  ));
}

/** What was said once of a name in a file, and holds for every file until it is taken back. */
function Aliases({ connection }: { connection: ConnectionId }) {
  const aliases = useQuery({
    queryKey: [...keys.board(connection), "aliases"],
    queryFn: () => host.aliases(connection),
  });
  const [problem, setProblem] = useState<HostError | null>(null);
  const forget = ({ written }: Alias) => {
    setProblem(null);
    write(() => host.forgetAlias(connection, written), [keys.board(connection)]).then(
      () => announce(`${written} stands for nobody from now on`),
      (thrown: unknown) => setProblem(asHostError(thrown)),
    );
  };
  if (aliases.isError) {
    return <ErrorBanner title="The aliases could not be listed." error={asHostError(aliases.error)} />;
  }
  if (!aliases.data || aliases.data.length === 0) return null;
  return (
    <section aria-label="Aliases">
      <h3 className={styles.sectionTitle}>Who is meant, as you said</h3>
      <p className={styles.faint}>
        Holds for files that are read from now on. To change what counts already, take its file in again.
      </p>
      {problem !== null && <ErrorBanner title="The alias was not forgotten." error={problem} />}
      <ul className={styles.sources}>
        {aliases.data.map((alias) => (
          <li key={alias.written} className={styles.source}>
            <p className={styles.sourceWords}>
              <strong>{alias.written}</strong> stands for{" "}
              {alias.person === null ? "somebody who is not here any more" : alias.person.name}
              {alias.person?.reference && <span className={styles.faint}> · {alias.person.reference}</span>}
            </p>
            <IconButton
              size="s"
              label={`Forget ${alias.written}`}
              icon={<Trash2 aria-hidden="true" />}
              onPress={() => forget(alias)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
