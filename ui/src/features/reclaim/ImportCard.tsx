import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { Banner, Button, Checkbox, ErrorBanner, Segmented, TextField } from "../../components";
import { counted, date, number, people } from "../../format";
import {
  asHostError,
  type ConnectionId,
  type DateOrder,
  type HostError,
  host,
  type Import,
  keys,
  type Mapping,
  type Meaning,
  type RowState,
  type SourceKind,
  write,
} from "../../host";
import { announce } from "../../state";
import { Choice } from "./Choice";
import styles from "./Dialogs.module.css";
import { ImportRows } from "./ImportRows";
import { useReclaim } from "./store";
import { KINDS, MEANINGS, ROW_STATES, size } from "./words";

const KIND_CHOICES = (Object.keys(KINDS) as SourceKind[]).map((value) => ({ value, label: KINDS[value] }));
const MEANING_CHOICES = (Object.keys(MEANINGS) as Meaning[]).map((value) => ({
  value,
  label: MEANINGS[value],
}));

/** A file as mapped now, to be sent back with one thing other than before. */
export function mappingOf(given: Import): Mapping {
  return {
    name: given.name,
    kind: given.kind,
    sheet: given.sheet,
    columns: given.columns.map(({ index, meaning, dateOrder }) => ({ index, meaning, dateOrder })),
  };
}

/** One file: what it was taken for, what came of its rows, what it proves; then it may count. */
export function ImportCard({ connection, given }: { connection: ConnectionId; given: Import }) {
  const setFiles = useReclaim((state) => state.setFiles);
  const [open, setOpen] = useState(!given.recognised || given.question !== null);
  const [listed, setListed] = useState<RowState | null>(null);
  const [name, setName] = useState(given.name);
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<HostError | null>(null);

  const replace = (next: Import) =>
    setFiles(connection, ({ imports }) => ({
      imports: imports.map((one) => (one.id === next.id ? next : one)),
    }));
  const gone = () =>
    setFiles(connection, ({ imports }) => ({ imports: imports.filter((one) => one.id !== given.id) }));
  const attempt = async (act: () => Promise<void>) => {
    setWorking(true);
    setProblem(null);
    try {
      await act();
    } catch (thrown) {
      setProblem(asHostError(thrown));
    } finally {
      setWorking(false);
    }
  };
  const map = (change: Partial<Mapping>) =>
    attempt(async () => replace(await host.mapImport(given.id, { ...mappingOf(given), ...change })));
  const mapColumn = (index: number, meaning: Meaning, dateOrder: DateOrder | null) =>
    map({
      columns: mappingOf(given).columns.map((one) =>
        one.index === index ? { index, meaning, dateOrder } : one,
      ),
    });
  const keepName = () => {
    if (name.trim() !== "" && name.trim() !== given.name) void map({ name: name.trim() });
  };
  const accept = () =>
    attempt(async () => {
      try {
        await write(() => host.acceptImport(given.id), [keys.board(connection), keys.directory(connection)]);
      } catch (thrown) {
        // Another file counts under this name by now: this one is compared with it before it may replace it.
        if (asHostError(thrown).code === "stale") replace(await host.mapImport(given.id, mappingOf(given)));
        throw thrown;
      }
      gone();
      announce(`${given.name} counts from now on`);
    });
  const leaveOut = () =>
    attempt(async () => {
      await host.dropImport(given.id);
      gone();
    });

  const { counts } = given;
  const asked = given.columns.filter((column) => column.asksDateOrder);
  return (
    <article className={styles.import} aria-label={given.fileName}>
      <div className={styles.importHead}>
        <h3 className={styles.importName}>{given.fileName}</h3>
        <span className={styles.faint}>
          {given.recognised ? KINDS[given.kind] : `Read as ${KINDS[given.kind].toLowerCase()}`} ·{" "}
          {size(given.bytes)}
          {given.newest !== null &&
            given.oldest !== null &&
            ` · ${date(given.oldest)} to ${date(given.newest)}`}
        </span>
      </div>
      {problem !== null && <ErrorBanner title="This was not done." error={problem} />}
      {given.question !== null && (
        <Banner
          tone="warn"
          title={given.question}
          actions={
            given.doubts !== null && (
              <Button size="s" isDisabled={working} onPress={() => void map({})}>
                Yes
              </Button>
            )
          }
        />
      )}
      {asked.map((column) => (
        <div key={column.index} className={styles.dateQuestion}>
          <p>
            Dates in <strong>{column.name}</strong> read two ways
            {column.samples[0] !== undefined && `: ${column.samples[0]}`}.
          </p>
          <Segmented
            label={`How dates in ${column.name} read`}
            labelHidden
            value={column.dateOrder ?? "none"}
            onChange={(order) => {
              if (order !== "none") void mapColumn(column.index, column.meaning, order);
            }}
            choices={[
              { value: "day_first", label: "Day first" },
              { value: "month_first", label: "Month first" },
            ]}
          />
        </div>
      ))}
      <Counts given={given} listed={listed} onList={(state) => setListed(listed === state ? null : state)} />
      {listed !== null && (
        <ImportRows
          key={listed}
          connection={connection}
          given={given}
          state={listed}
          onAlias={replace}
          onProblem={setProblem}
        />
      )}
      {given.warnings.map((warning) => (
        <Banner key={warning} tone="warn">
          {warning}
        </Banner>
      ))}
      <p className={styles.proof}>
        {given.proves} {given.provesNot}
      </p>
      <Button
        variant="quiet"
        size="s"
        className={styles.fold}
        aria-expanded={open}
        icon={open ? <ChevronDown aria-hidden="true" /> : <ChevronRight aria-hidden="true" />}
        onPress={() => setOpen(!open)}
      >
        How it was read
      </Button>
      {open && (
        <div className={styles.mapping}>
          <div className={styles.mappingRow}>
            <TextField
              label="Called"
              value={name}
              onChange={setName}
              onBlur={keepName}
              className={styles.mappingName}
              description={
                given.replaces === null
                  ? "A newer file accepted under this name will replace it."
                  : "Replaces the file that counts under this name now."
              }
            />
            <div className={styles.labelled}>
              <span className={styles.fieldLabel}>Kind</span>
              <Choice
                label="Kind"
                value={given.kind}
                choices={KIND_CHOICES}
                onChange={(kind) => void map({ kind })}
              />
            </div>
            {given.sheets.length > 1 && (
              <div className={styles.labelled}>
                <span className={styles.fieldLabel}>Sheet</span>
                <Choice
                  label="Sheet"
                  value={given.sheet ?? ""}
                  choices={given.sheets.map((sheet) => ({ value: sheet, label: sheet }))}
                  onChange={(sheet) => void map({ sheet })}
                />
              </div>
            )}
          </div>
          <Columns given={given} onMap={(index, meaning, order) => void mapColumn(index, meaning, order)} />
        </div>
      )}
      <div className={styles.importActs}>
        <Button variant="quiet" isDisabled={working} onPress={() => void leaveOut()}>
          Leave out
        </Button>
        <Button
          variant="primary"
          isDisabled={working || given.question !== null || counts.matched === 0}
          onPress={() => void accept()}
        >
          {given.replaces === null ? "Accept" : "Accept and replace"}
        </Button>
      </div>
    </article>
  );
}

/** Rows in, rows accounted for. */
function Counts({
  given,
  listed,
  onList,
}: {
  given: Import;
  listed: RowState | null;
  onList: (state: RowState) => void;
}) {
  const { counts } = given;
  return (
    <p className={styles.counts}>
      <span>
        {counted(counts.rows, "row")}: <strong>{number(counts.matched)} matched</strong>,{" "}
        {people(given.people)}
        {given.seen < given.people && ` (${number(given.seen)} with a date)`}
      </span>
      {ROW_STATES.map((state) =>
        counts[state] === 0 ? (
          <span key={state} className={styles.faint}>
            0 {state}
          </span>
        ) : (
          <Button key={state} variant="link" aria-expanded={listed === state} onPress={() => onList(state)}>
            {`${number(counts[state])} ${state}`}
          </Button>
        ),
      )}
    </p>
  );
}

function Columns({
  given,
  onMap,
}: {
  given: Import;
  onMap: (index: number, meaning: Meaning, order: DateOrder | null) => void;
}) {
  const [all, setAll] = useState(false);
  const used = given.columns.filter((column) => column.meaning !== "ignored");
  // While it is asked which column says who, that column is among those not used yet.
  const whole = all || used.length === 0 || given.question !== null;
  const shown = whole ? given.columns : used;
  return (
    <>
      <table className={styles.columns}>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Begins with</th>
            <th scope="col">Means</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((column) => (
            <tr key={column.index}>
              <th scope="row">{column.name}</th>
              <td className={styles.samples}>{column.samples.slice(0, 3).join(", ")}</td>
              <td>
                <Choice
                  small
                  label={`Meaning of ${column.name}`}
                  value={column.meaning}
                  choices={MEANING_CHOICES}
                  onChange={(meaning) => onMap(column.index, meaning, column.dateOrder)}
                />
              </td>
              <td className={styles.why}>
                {column.meaning !== "ignored" && `${number(column.confidence)}% sure. `}
                {column.why}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {given.question === null && used.length > 0 && used.length < given.columns.length && (
        <Checkbox isSelected={all} onChange={setAll}>
          Show {counted(given.columns.length - used.length, "column")} not used
        </Checkbox>
      )}
    </>
  );
}
