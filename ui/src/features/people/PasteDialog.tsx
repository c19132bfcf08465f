import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Checkbox, Dialog, Segmented } from "../../components";
import { refusalWords } from "../../directory/notices";
import { ValueEditor } from "../../editors";
import { counted, number, people } from "../../format";
import type { TextBlock } from "../../grid/clipboard";
import { type Block, blockColumns, blockRows, pasteTarget } from "../../grid/selection";
import {
  type Attribute,
  type AttributeId,
  asHostError,
  type ConnectionId,
  type DateOrder,
  host,
  type NewSegment,
  type Refusal,
  type Staged,
} from "../../host";
import { type Answers, answered, answerKey, type Laid, NO_ANSWERS } from "./blocks";
import styles from "./people.module.css";
import { failureNotice, outcomeWords, refusalNotice } from "./staging";
import { usePeople } from "./store";

const MOST_LISTED = 6;
/** Tells the looks of one paste from those of the last. */
let pastes = 0;
/** A column of free text pasted over a column of options makes hundreds; nobody reads those here. */
const MOST_SEGMENTS = 50;

export interface PasteDialogProps {
  connection: ConnectionId;
  columns: readonly Attribute[];
  texts: TextBlock;
  into: readonly Block[];
  /** The block laid against the people who stood there when it was pasted. */
  laid: Laid;
  onClose: () => void;
}

/** What a paste would do, before it does it; and what has to be asked: dates, segments, people. */
export function PasteDialog({ connection, columns, texts, into, laid, onClose }: PasteDialogProps) {
  const [paste] = useState(() => ++pastes);
  const [order, setOrder] = useState<DateOrder | null>(null);
  const [answers, setAnswers] = useState<Answers>(NO_ANSWERS);
  const [asked, setAsked] = useState<Asked>({ segments: [], persons: [] });
  const [working, setWorking] = useState(false);
  const targets = into.map((chosen) => pasteTarget(chosen, texts.length, texts[0]?.length ?? 1).block);
  const look = useQuery({
    queryKey: ["of", connection, "paste", paste, order, told(answers)],
    queryFn: async () => {
      const cells = answered(laid.cells, answers);
      const staged = cells.length > 0 ? await host.stagePasted(connection, cells, order, true) : null;
      if (staged) setAsked((before) => withNew(before, staged));
      return { cells, staged };
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const { cells, staged = null } = look.data ?? {};
  const twoWays = order !== null || staged?.refused.some((one) => one.code === "ambiguous_date") === true;
  const stage = async () => {
    if (!cells) return;
    setWorking(true);
    const { tell } = usePeople.getState();
    try {
      tell(refusalNotice(await host.stagePasted(connection, cells, order, false)));
    } catch (thrown) {
      tell(failureNotice(thrown));
    }
    onClose();
  };
  return (
    <Dialog
      title={titleOf(targets, columns)}
      isOpen
      width="m"
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onPress={onClose}>
            Cancel
          </Button>
          <Button
            variant="primary"
            isDisabled={!staged || staged.changed === 0 || working || look.isPlaceholderData}
            onPress={stage}
          >
            {staged && staged.changed > 0 ? `Stage for ${people(staged.changed)}` : "Stage"}
          </Button>
        </>
      }
    >
      <div className={styles.bulk}>
        {look.isError && <p className={styles.explain}>{asHostError(look.error).message}</p>}
        {look.data && (
          <p className={styles.outcome} aria-live="polite">
            {staged ? outcomeWords(staged) : "Nothing in it changes anybody."}
          </p>
        )}
        {twoWays && (
          <Segmented
            label="Some dates read both ways. In this block, 07/03/2024 is"
            value={order ?? "none"}
            onChange={(next) => setOrder(next === "none" ? null : next)}
            choices={[
              { value: "day_first", label: "7 March" },
              { value: "month_first", label: "July 3" },
              { value: "none", label: "Leave those out" },
            ]}
          />
        )}
        <Segments segments={asked.segments} columns={columns} answers={answers} onAnswers={setAnswers} />
        <Persons
          connection={connection}
          persons={asked.persons}
          columns={columns}
          answers={answers}
          onAnswers={setAnswers}
        />
        <LeftOut laid={laid} staged={staged} />
        <p className={styles.explain}>Empty cells of the block leave values as they are.</p>
      </div>
    </Dialog>
  );
}

interface Person {
  key: string;
  attribute: AttributeId;
  text: string;
}

/** Every question there was, so that one that is answered stays and can be answered otherwise. */
interface Asked {
  segments: readonly NewSegment[];
  persons: readonly Person[];
}

function withNew(before: Asked, staged: Staged): Asked {
  const segments = staged.newSegments.filter(
    (one) => !before.segments.some((known) => sameSegment(known, one)),
  );
  const persons = new Map<string, Person>();
  for (const { code, attribute, value } of staged.refused) {
    if (code !== "ambiguous_person" || attribute == null || value == null) continue;
    const key = answerKey(attribute, value);
    if (!before.persons.some((known) => known.key === key)) persons.set(key, { key, attribute, text: value });
  }
  if (segments.length === 0 && persons.size === 0) return before;
  return {
    segments: [...before.segments, ...segments],
    persons: [...before.persons, ...persons.values()],
  };
}

const sameSegment = (one: NewSegment, other: NewSegment) =>
  one.attribute === other.attribute && one.value === other.value;

const told = ({ created, instead }: Answers) => [[...created], [...instead]];

function titleOf(targets: readonly Block[], columns: readonly Attribute[]): string {
  const [block] = targets;
  if (!block || targets.length > 1) return `Paste into ${counted(targets.length, "block")} of cells`;
  const names = columns.slice(block.left, block.right + 1).map((one) => one.label);
  const where = blockColumns(block) === 1 ? (names[0] ?? "1 column") : counted(names.length, "column");
  return `Paste ${counted(blockRows(block), "row")} into ${where}`;
}

interface QuestionProps {
  answers: Answers;
  onAnswers: (answers: Answers) => void;
}

/** A value that nobody has becomes a segment only when somebody says so, each by itself. */
function Segments({
  segments,
  columns,
  answers,
  onAnswers,
}: QuestionProps & { segments: readonly NewSegment[]; columns: readonly Attribute[] }) {
  if (segments.length === 0) return null;
  const create = (which: readonly NewSegment[], on: boolean) => {
    const created = new Set(answers.created);
    const instead = new Map(answers.instead);
    for (const one of which) {
      const key = answerKey(one.attribute, one.value);
      instead.delete(key);
      if (on) created.add(key);
      else created.delete(key);
    }
    onAnswers({ created, instead });
  };
  const takeSimilar = (one: NewSegment, similar: string) => {
    const key = answerKey(one.attribute, one.value);
    const created = new Set(answers.created);
    created.delete(key);
    onAnswers({ created, instead: new Map(answers.instead).set(key, similar) });
  };
  return (
    <section className={styles.questions} aria-label="Values that nobody has">
      <h3 className={styles.fieldLabel}>
        {segments.length === 1
          ? "A value that nobody has"
          : `${number(segments.length)} values that nobody has`}
      </h3>
      <ul className={styles.segments}>
        {segments.slice(0, MOST_SEGMENTS).map((one) => {
          const key = answerKey(one.attribute, one.value);
          const label = columns.find((column) => column.id === one.attribute)?.label ?? "";
          const { similar } = one;
          const taken = answers.instead.get(key);
          return (
            <li key={key} className={styles.valueRow}>
              <Checkbox
                className={styles.valueBox}
                isSelected={answers.created.has(key)}
                onChange={(on) => create([one], on)}
              >
                {`Create segment “${one.value}” in ${label}`}
              </Checkbox>
              {similar !== null &&
                (taken === undefined ? (
                  <Button variant="link" size="s" onPress={() => takeSimilar(one, similar)}>
                    {`Use “${similar}”`}
                  </Button>
                ) : (
                  <span className={styles.share}>{`becomes “${taken}”`}</span>
                ))}
              <span className={styles.share}>{people(one.people)}</span>
            </li>
          );
        })}
      </ul>
      {segments.length > MOST_SEGMENTS && (
        <p className={styles.explain}>
          and {number(segments.length - MOST_SEGMENTS)} more, which are left out.
        </p>
      )}
    </section>
  );
}

/** Names that several people have: which of them is meant is said once for the whole block. */
function Persons({
  connection,
  persons,
  columns,
  answers,
  onAnswers,
}: QuestionProps & {
  connection: ConnectionId;
  persons: readonly Person[];
  columns: readonly Attribute[];
}) {
  if (persons.length === 0) return null;
  const open = persons.filter(({ key }) => !answers.instead.has(key));
  const later = open.slice(MOST_LISTED);
  return (
    <section className={styles.questions} aria-label="Names that several people have">
      <h3 className={styles.fieldLabel}>Several people fit. Who is meant?</h3>
      {persons.map((person) => {
        const attribute = columns.find((column) => column.id === person.attribute);
        return attribute === undefined || later.includes(person) ? null : (
          <PersonQuestion
            key={person.key}
            connection={connection}
            attribute={attribute}
            text={person.text}
            onPick={(reference) =>
              onAnswers({ ...answers, instead: new Map(answers.instead).set(person.key, reference) })
            }
          />
        );
      })}
      {later.length > 0 && (
        <p className={styles.explain}>{counted(later.length, "more name")} to ask about after these.</p>
      )}
    </section>
  );
}

/** The picker that a cell has, begun with the name: a ninth namesake is found by number or e-mail. */
function PersonQuestion({
  connection,
  attribute,
  text,
  onPick,
}: {
  connection: ConnectionId;
  attribute: Attribute;
  text: string;
  onPick: (reference: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const [picked, setPicked] = useState<string | null>(null);
  return (
    <div className={styles.bulkRow}>
      {open ? (
        <ValueEditor
          connection={connection}
          attribute={{ ...attribute, label: `Who is “${text}”?` }}
          value={null}
          shown={null}
          typed={text}
          onCommit={({ value, shown }) => {
            setOpen(false);
            if (value === null) return;
            setPicked(`${shown ?? text}, ${value}`);
            onPick(value);
          }}
          onCancel={() => setOpen(false)}
        />
      ) : (
        <Button
          variant="secondary"
          className={styles.picker}
          aria-label={`“${text}”: ${picked ?? "choose"}`}
          onPress={() => setOpen(true)}
        >
          {picked ?? `“${text}”: choose`}
        </Button>
      )}
    </div>
  );
}

/** What stays as it is, and why. A question above needs no second mention here. */
function LeftOut({ laid, staged }: { laid: Laid; staged: Staged | null }) {
  const asks: Refusal["code"][] = ["unknown_option"];
  const refused = staged?.refused.filter((one) => !asks.includes(one.code)) ?? [];
  const rest = staged ? staged.refusedTotal - staged.refused.length + refused.length : 0;
  return (
    <ul className={styles.refusals}>
      {laid.linesOver > 0 && (
        <li>{counted(laid.linesOver, "line")} of the block reach past the last person and are left out.</li>
      )}
      {laid.columnsOver > 0 && (
        <li>
          {counted(laid.columnsOver, "column")} of the block reach past the last column and are left out.
        </li>
      )}
      {laid.fixed.length > 0 && <li>{laid.fixed.join(", ")} can’t be edited and stays as it is.</li>}
      {refused.slice(0, MOST_LISTED).map((one) => (
        <li key={`${one.row} ${one.message}`}>{refusalWords(one)}</li>
      ))}
      {refused.length > 0 && rest > MOST_LISTED && <li>and {number(rest - MOST_LISTED)} more</li>}
    </ul>
  );
}
