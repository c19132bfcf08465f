import { Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, IconButton, StatusMark, statusWord } from "../../components";
import { type Edited, ValueEditor } from "../../editors";
import { counted, date } from "../../format";
import {
  type Attribute,
  asHostError,
  type ConnectionId,
  type Edit,
  type Field,
  host,
  type Person,
  type StagedAct,
} from "../../host";
import { announce } from "../../state";
import styles from "./person.module.css";
import { since } from "./since";

const AFTER: Record<StagedAct, string> = {
  create: "To be created",
  activate: statusWord("active"),
  deactivate: statusWord("inactive"),
  delete: "To be deleted",
};

/** Said by the title and by the status, which deactivating changes with all that belongs to it. */
const ELSEWHERE = new Set<Attribute["role"]>(["name", "status", "active"]);

/** Of the account rather than of the person's place in the company: last. */
const ACCOUNT = new Set<Attribute["role"]>([
  "given_name",
  "family_name",
  "display_name",
  "user_name",
  "external_id",
  "phone",
  "locale",
  "time_zone",
]);

function place(attribute: Attribute): number {
  if (attribute.role === "email") return 0;
  return ACCOUNT.has(attribute.role) ? 2 : 1;
}

/** What is known of a person, to edit in place; what is not set stands behind one line. */
export function Fields({
  connection,
  person,
  attributes,
  onTakeBack,
}: {
  connection: ConnectionId;
  person: Person;
  attributes: readonly Attribute[];
  onTakeBack: () => void;
}) {
  const [all, setAll] = useState(false);
  const fields = person.fields.flatMap((field) => {
    const attribute = attributes.find((one) => one.id === field.attribute);
    return attribute && !ELSEWHERE.has(attribute.role) ? [{ field, attribute }] : [];
  });
  fields.sort((a, b) => place(a.attribute) - place(b.attribute));
  const filled = fields.filter(({ field }) => field.cell.value !== null || field.cell.staged);
  const empty = fields.length - filled.length;
  return (
    <>
      <dl className={styles.fields}>
        <div className={styles.field}>
          <dt className={styles.label}>Status</dt>
          <dd className={styles.value}>
            {person.act === null ? (
              <StatusMark status={person.status} />
            ) : (
              <span className={styles.stagedValue}>
                {person.act !== "create" && <s>{statusWord(person.status)}</s>} <b>{AFTER[person.act]}</b>
                <IconButton
                  size="s"
                  className={styles.takeBack}
                  label="Take back"
                  icon={<Undo2 aria-hidden="true" />}
                  onPress={onTakeBack}
                />
              </span>
            )}
          </dd>
        </div>
        {(all ? fields : filled).map(({ field, attribute }) => (
          <FieldRow
            key={field.attribute}
            connection={connection}
            row={person.row}
            field={field}
            attribute={attribute}
          />
        ))}
      </dl>
      {empty > 0 && (
        <Button
          variant="link"
          size="s"
          className={styles.more}
          aria-expanded={all}
          onPress={() => setAll(!all)}
        >
          {all ? "Hide what is not set" : `${counted(empty, "attribute")} not set`}
        </Button>
      )}
    </>
  );
}

function FieldRow({
  connection,
  row,
  field,
  attribute,
}: {
  connection: ConnectionId;
  row: number;
  field: Field;
  attribute: Attribute;
}) {
  const [editing, setEditing] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const edited = useRef(false);
  useEffect(() => {
    // The editor takes the focus with it when it goes; the next key is for where it was.
    if (edited.current && !editing && document.activeElement === document.body) button.current?.focus();
    edited.current = editing;
  }, [editing]);
  const { cell } = field;
  const held = cell.staged ? cell.staged.value : cell.value;
  const heldShown = cell.staged ? cell.staged.shown : cell.shown;
  const commit = ({ value, newOption }: Edited) => {
    setEditing(false);
    setProblem(null);
    const edit: Edit =
      value === null
        ? { do: "clear", attribute: attribute.id }
        : { do: "set", attribute: attribute.id, value, newOption: newOption ?? false };
    host
      .stage(connection, { of: "rows", rows: [row] }, edit, false)
      .then((staged) => {
        const [refused] = staged.refused;
        if (refused) setProblem(refused.message);
        else announce(`${attribute.label} staged`);
      })
      .catch((thrown: unknown) => setProblem(asHostError(thrown).message));
  };
  const takeBack = () => {
    host
      .unstageCell(connection, row, attribute.id)
      .catch((thrown: unknown) => setProblem(asHostError(thrown).message));
  };
  return (
    <div className={styles.field}>
      <dt className={styles.label} title={field.label}>
        {field.label}
      </dt>
      <dd className={styles.value}>
        {editing ? (
          <ValueEditor
            connection={connection}
            attribute={attribute}
            value={held}
            shown={read(attribute, held, heldShown)}
            typed={null}
            onCommit={commit}
            onCancel={() => setEditing(false)}
          />
        ) : field.writable ? (
          <button ref={button} type="button" className={styles.edit} onClick={() => setEditing(true)}>
            <span className="visually-hidden">Edit {field.label}: </span>
            <Value attribute={attribute} field={field} />
          </button>
        ) : (
          <span className={styles.fixed} data-selectable>
            <Value attribute={attribute} field={field} />
          </span>
        )}
        {cell.staged && !editing && (
          <IconButton
            size="s"
            className={styles.takeBack}
            label="Take back"
            icon={<Undo2 aria-hidden="true" />}
            onPress={takeBack}
          />
        )}
        {cell.odd && <span className={styles.odd}>{cell.odd}</span>}
        {problem !== null && (
          <span className={styles.odd} role="alert">
            {problem}
          </span>
        )}
      </dd>
    </div>
  );
}

function Value({ attribute, field }: { attribute: Attribute; field: Field }) {
  const { cell } = field;
  const now = read(attribute, cell.value, cell.shown);
  if (cell.staged) {
    const next = read(attribute, cell.staged.value, cell.staged.shown);
    return (
      <span className={styles.stagedValue}>
        {now !== "" && <s>{now}</s>} <b>{next === "" ? "cleared" : next}</b>
      </span>
    );
  }
  if (cell.value === null) {
    return <span className={styles.notSet}>Not set</span>;
  }
  const length = attribute.role === "start_date" ? since(cell.value, new Date()) : null;
  return (
    <span>
      <Breakable text={now} />
      {length !== null && <span className={styles.since}> · {length}</span>}
    </span>
  );
}

/** An address breaks before its "@" rather than in the middle of a word. */
function Breakable({ text }: { text: string }) {
  const at = text.indexOf("@");
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <wbr />
      {text.slice(at)}
    </>
  );
}

function read(attribute: Attribute, value: string | null, shown: string | null | undefined): string {
  if (shown !== undefined && shown !== null) return shown;
  if (value === null) return "";
  if (attribute.kind === "date") return date(value);
  if (attribute.kind === "boolean") return value === "true" ? "Yes" : value === "false" ? "No" : value;
  return value;
}
