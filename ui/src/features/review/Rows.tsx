import { Copy } from "lucide-react";
import { type KeyboardEvent, type Ref, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Button, classes, Line, LineWaiting, StateGlyph } from "../../components";
import { number } from "../../format";
import {
  type FieldChange,
  type Group,
  type GroupSummary,
  host,
  type Plan,
  type PlanId,
  type PlanItem,
  type WireRequest,
} from "../../host";
import { announce, useWindow } from "../../state";
import { GROUPS, groupCaption } from "./groups";
import { usePlanItem, usePlanRequests } from "./items";
import styles from "./Review.module.css";
import { SuccessorDialog } from "./SuccessorDialog";
import { indented } from "./words";

export function GroupHeading({ summary }: { summary: GroupSummary }) {
  const look = GROUPS[summary.group];
  return (
    <div className={styles.heading}>
      <h2 className={styles[look.tone]}>{look.title}</h2>
      <span className={styles.caption}>{groupCaption(summary)}</span>
    </div>
  );
}

type Move = (from: number, step: 1 | -1) => void;

function isWithin(event: KeyboardEvent): boolean {
  return event.target instanceof Node && event.currentTarget.contains(event.target);
}

function movement(event: KeyboardEvent, line: number, onMove: Move): boolean {
  const steps: Record<string, 1 | -1> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
  const step = steps[event.key];
  // What is typed in a dialog that a line opened reaches here too, by way of React's tree.
  if (step === undefined || !isWithin(event) || event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  event.preventDefault();
  event.stopPropagation();
  onMove(line, step);
  return true;
}

export function MoreRow({
  line,
  hidden,
  onMove,
  onOpen,
}: {
  line: number;
  hidden: number;
  onMove: Move;
  onOpen: () => void;
}) {
  return (
    <div className={styles.more} onKeyDownCapture={(event) => movement(event, line, onMove)}>
      <AriaButton className={styles.moreButton} data-line={line} onPress={onOpen}>
        Show the other {number(hidden)}
      </AriaButton>
    </div>
  );
}

export function ItemRow({
  plan,
  group,
  index,
  line,
  lineRef,
  requests,
  fromDraft,
  onMove,
  onAct,
  onAgain,
}: {
  plan: PlanId;
  group: Group;
  index: number;
  line: number;
  lineRef?: Ref<HTMLButtonElement>;
  /** Show what goes over the wire in place of the fields. */
  requests: boolean;
  /** What is held can be taken out of the draft; a plan from elsewhere only leaves it unsent. */
  fromDraft: boolean;
  onMove: Move;
  onAct: (change: (plan: PlanId) => Promise<Plan>) => void;
  onAgain: () => void;
}) {
  const item = usePlanItem(plan, group, index);
  const [open, setOpen] = useState(false);
  const [wire, setWire] = useState(false);
  const [choosing, setChoosing] = useState(false);
  if (item === undefined) {
    return <LineWaiting />;
  }
  const decided = item.verdict === "held" || item.verdict === "blocked";
  // A reason that names the person says it all; another needs the sentence before it.
  const reason = decided ? item.reason : null;
  const whole = reason?.includes(item.name) === true;
  const what = whole ? reason : item.sentence;
  const why = whole ? null : reason;
  const sends = item.verdict === "change";
  const leaveOut = () => {
    const out = !item.leftOut;
    onAct((id) => host.leaveOut(id, [item.position], out));
    announce(`${item.name} ${out ? "left out" : "put back"}`);
  };
  const removes = fromDraft && !sends;
  const remove = () => {
    onAct((id) => host.removeFromDraft(id, item.position));
    announce(`${item.name} removed from the draft`);
  };
  const settle = (settlement: "keep" | "take") => onAct((id) => host.settle(id, item.position, settlement));
  const press = (event: KeyboardEvent) => {
    if (!isWithin(event) || movement(event, line, onMove) || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const acts: Record<string, (() => void) | undefined> = {
      r: () => {
        setOpen(true);
        setWire((now) => !now);
      },
      x: sends ? leaveOut : removes ? remove : undefined,
      m: item.fix === "keep_or_take" ? () => settle("keep") : undefined,
      t: item.fix === "keep_or_take" ? () => settle("take") : undefined,
    };
    const act = acts[event.key.toLowerCase()];
    if (act !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  };
  const opened = open || requests;
  return (
    <Line
      className={classes(styles.item, item.leftOut && styles.leftOut, sends && styles.sends)}
      onKeyDownCapture={press}
      open={opened}
      onToggle={() => setOpen((now) => !now)}
      buttonRef={lineRef}
      place={line}
      lead={<StateGlyph state={GROUPS[group].glyph} name={`${GROUPS[group].title}: `} />}
      why={why}
      beside={
        <>
          {item.note !== null && <span className={styles.note}>{item.note}</span>}
          <span className={styles.acts}>
            {item.fix === "keep_or_take" && (
              <>
                <Button
                  variant="quiet"
                  size="s"
                  onPress={() => settle("keep")}
                  aria-label={`Keep mine: ${item.name}`}
                >
                  Keep mine
                </Button>
                <Button
                  variant="quiet"
                  size="s"
                  onPress={() => settle("take")}
                  aria-label={`Take theirs: ${item.name}`}
                >
                  Take theirs
                </Button>
              </>
            )}
            {item.fix === "choose_successor" && fromDraft && (
              <Button
                variant="quiet"
                size="s"
                aria-label={`Choose a successor for ${item.name}`}
                onPress={() => setChoosing(true)}
              >
                Choose a successor
              </Button>
            )}
            {(item.fix === "open_person" || item.fix === "edit_value") && (
              <Button
                variant="quiet"
                size="s"
                aria-label={`Open ${item.name}`}
                onPress={() => useWindow.getState().openPerson(item.row)}
              >
                Open
              </Button>
            )}
            {removes && (
              <Button
                variant="quiet"
                size="s"
                aria-label={`Remove from the draft: ${item.name}`}
                onPress={remove}
              >
                Remove from the draft
              </Button>
            )}
            {sends && (
              <Button
                variant="quiet"
                size="s"
                className={item.leftOut ? undefined : styles.leave}
                aria-label={item.leftOut ? `Left out · Put back: ${item.name}` : `Leave out: ${item.name}`}
                onPress={leaveOut}
              >
                {item.leftOut ? "Left out · Put back" : "Leave out"}
              </Button>
            )}
          </span>
          {choosing && <SuccessorDialog item={item} onClose={() => setChoosing(false)} onChosen={onAgain} />}
        </>
      }
      inside={
        <>
          {whole && <p className={styles.caption}>{item.sentence}</p>}
          {!requests && <Fields item={item} />}
          {requests || wire ? (
            <Requests plan={plan} position={item.position} />
          ) : (
            <div className={styles.insideActs}>
              <Button variant="link" onPress={() => setWire(true)}>
                Show the request
              </Button>
              <Button variant="link" onPress={() => useWindow.getState().openPerson(item.row)}>
                Open {item.name}
              </Button>
            </div>
          )}
        </>
      }
    >
      <span className={styles.what}>{what}</span>
      {item.leftOut && <span className="visually-hidden">, left out</span>}
    </Line>
  );
}

function shown(value: string | null, words: string | null): string {
  return words ?? value ?? "not set";
}

function Fields({ item }: { item: PlanItem }) {
  if (item.fields.length === 0) {
    return null;
  }
  return (
    <table className={styles.fields}>
      <thead className="visually-hidden">
        <tr>
          <th>Attribute</th>
          <th>Before</th>
          <th>After</th>
        </tr>
      </thead>
      <tbody>
        {item.fields.map((field) => (
          <FieldRow key={field.attribute} field={field} />
        ))}
      </tbody>
    </table>
  );
}

function FieldRow({ field }: { field: FieldChange }) {
  return (
    <tr>
      <th scope="row">{field.label}</th>
      <td>
        <s>{shown(field.before, field.beforeShown)}</s>
      </td>
      <td>
        <span className={styles.after}>{shown(field.after, field.afterShown)}</span>
        {field.newSegment && <span className={styles.newSegment}> · new segment</span>}
        {field.moved && (
          <span className={styles.now}>
            {" "}
            · now {field.now === null ? "empty" : shown(field.now, field.nowShown)}
          </span>
        )}
      </td>
    </tr>
  );
}

function Requests({ plan, position }: { plan: PlanId; position: number }) {
  const requests = usePlanRequests(plan, position, true);
  if (requests.isError) {
    return <p role="alert">{requests.error.message}</p>;
  }
  if (requests.data?.length === 0) {
    return <p className={styles.caption}>Nothing goes over the wire for this one.</p>;
  }
  // The same request may go twice, before and after: its place tells it apart.
  const placed = (requests.data ?? []).map((request, place) => ({ request, place }));
  return placed.map(({ request, place }) => <Wire key={place} request={request} />);
}

function Wire({ request }: { request: WireRequest }) {
  const [copied, setCopied] = useState(false);
  return (
    <figure className={styles.wire}>
      {request.note !== null && <figcaption className={styles.wireNote}>{request.note}</figcaption>}
      <div className={styles.wireHead}>
        <code>
          <strong>{request.method}</strong> {request.url}
        </code>
        <Button
          size="s"
          variant="quiet"
          icon={<Copy aria-hidden="true" />}
          onPress={() => {
            void navigator.clipboard.writeText(request.curl).then(() => {
              setCopied(true);
              announce("Copied as curl");
            });
          }}
        >
          {copied ? "Copied" : "Copy as curl"}
        </Button>
      </div>
      {request.body !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
        <pre className={styles.body} tabIndex={0}>
          {indented(request.body)}
        </pre>
      )}
    </figure>
  );
}
