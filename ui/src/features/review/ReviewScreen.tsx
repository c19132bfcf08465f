import { ClipboardCheck } from "lucide-react";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import type { Command } from "../../commands";
import {
  Banner,
  Button,
  CommandButton,
  EmptyState,
  ErrorBanner,
  ErrorState,
  Figure,
  Figures,
  Skeleton,
  VirtualList,
  type VirtualListHandle,
} from "../../components";
import { duration, number, people } from "../../format";
import {
  asHostError,
  type ConnectionId,
  type Group,
  type HostError,
  type Plan,
  useConnection,
  useDraft,
} from "../../host";
import { useWindow } from "../../state";
import { Footer } from "./Footer";
import { type ReviewRow, reviewRows } from "./groups";
import styles from "./Review.module.css";
import { GroupHeading, ItemRow, MoreRow } from "./Rows";
import { usePlanInReview } from "./usePlanInReview";
import { brakeWords, emphasis } from "./words";

/** Keys heard on a line of the review; listed for palette and overlay, handled on the line. */
const LINE_KEYS: readonly Command[] = [
  { id: "review-next", title: "Next line", group: "Draft", keys: "ArrowDown", otherKeys: ["J"] },
  { id: "review-previous", title: "Line before", group: "Draft", keys: "ArrowUp", otherKeys: ["K"] },
  { id: "review-open", title: "Open the line’s fields", group: "Draft", keys: "Enter" },
  { id: "review-request", title: "Open the line’s request", group: "Draft", keys: "R" },
  {
    id: "review-leave-out",
    title: "Leave the line out, put it back, or remove what is held from the draft",
    group: "Draft",
    keys: "X",
  },
  { id: "review-keep", title: "Keep mine", group: "Draft", keys: "M" },
  { id: "review-take", title: "Take theirs", group: "Draft", keys: "T" },
].map((command) => ({
  ...command,
  group: "Draft" as const,
  scope: "review" as const,
  hidden: true,
  run: () => undefined,
}));

/** Listed from the start; an open review stands in for the last of them with its own. */
export const reviewCommands: readonly Command[] = [
  ...LINE_KEYS,
  {
    id: "confirm",
    title: "Confirm the plan",
    group: "Draft",
    keys: "Mod+Enter",
    scope: "review",
    hidden: true,
    run: () => undefined,
  },
];

export function ReviewScreen({ aboveFooter }: { aboveFooter?: ReactNode }) {
  const connection = useWindow((state) => state.connection);
  return connection === null ? null : <Review connection={connection} aboveFooter={aboveFooter} />;
}

function Review({ connection, aboveFooter }: { connection: ConnectionId; aboveFooter: ReactNode }) {
  const go = useWindow((state) => state.go);
  const name = useConnection(connection)?.name ?? "";
  const draft = useDraft(connection);
  const review = usePlanInReview(connection);
  const { plan, error } = review;

  const nothing =
    (draft?.changes ?? 0) === 0 && (plan === undefined ? error?.code === "precondition" : plan.items === 0);
  if (plan === undefined || nothing) {
    if (nothing) {
      return (
        <>
          <EmptyState
            icon={<ClipboardCheck aria-hidden="true" />}
            title="Nothing to review"
            action={
              <>
                <CommandButton command="open-plan" />
                <Button variant="primary" onPress={() => go("people")}>
                  Go to people
                </Button>
              </>
            }
          >
            Changes you make to people gather in the draft. Here you see what they would do before anything is
            sent.
          </EmptyState>
          {aboveFooter}
        </>
      );
    }
    if (error !== null) {
      return <ErrorState title="The draft could not be reviewed" error={error} onRetry={review.again} />;
    }
    return (
      <div className={styles.content}>
        <h1 className={styles.title}>Review</h1>
        <Skeleton rows={10} label="Working out what the draft does" />
      </div>
    );
  }
  return <PlanView key={connection} plan={plan} name={name} review={review} aboveFooter={aboveFooter} />;
}

function PlanView({
  plan,
  name,
  review,
  aboveFooter,
}: {
  plan: Plan;
  name: string;
  review: ReturnType<typeof usePlanInReview>;
  aboveFooter: ReactNode;
}) {
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<Group>>(new Set());
  const [requests, setRequests] = useState(false);
  const [problem, setProblem] = useState<HostError | null>(null);
  const list = useRef<VirtualListHandle>(null);
  const rows = useMemo(() => reviewRows(plan.groups, opened), [plan.groups, opened]);
  const { amend, again } = review;

  const act = useCallback(
    (change: Parameters<typeof amend>[0]) => {
      setProblem(null);
      amend(change).catch((thrown: unknown) => setProblem(asHostError(thrown)));
    },
    [amend],
  );

  /** From one line to the next in either direction, over headings. */
  const move = useCallback(
    (from: number, step: 1 | -1) => {
      let to = from + step;
      while (rows[to]?.kind === "heading") {
        to += step;
      }
      if (rows[to] === undefined) {
        return;
      }
      const line = () => scroller?.querySelector<HTMLElement>(`[data-line="${to}"]`);
      list.current?.scrollTo(to);
      if (line() == null) {
        // Out of sight till now: it is made in the frame that follows.
        requestAnimationFrame(() => line()?.focus({ preventScroll: true }));
      } else {
        line()?.focus({ preventScroll: true });
      }
    },
    [rows, scroller],
  );

  // Keyboard first: one begins on the first line, once it is there.
  const first = rows.findIndex((row) => row.kind === "item");
  const begun = useRef(false);
  const begin = useCallback((line: HTMLElement | null) => {
    if (line !== null && !begun.current) {
      begun.current = true;
      line.focus({ preventScroll: true });
    }
  }, []);

  const keyOf = useCallback((index: number) => rowKey(rows[index]), [rows]);
  const estimate = useCallback((index: number) => (rows[index]?.kind === "heading" ? 46 : 30), [rows]);
  const render = (index: number) => {
    const row = rows[index];
    if (row === undefined) {
      return null;
    }
    switch (row.kind) {
      case "heading":
        return <GroupHeading summary={row.summary} />;
      case "more":
        return (
          <MoreRow
            line={index}
            hidden={row.hidden}
            onMove={move}
            onOpen={() => setOpened((now) => new Set(now).add(row.group))}
          />
        );
      case "item":
        return (
          <ItemRow
            plan={plan.id}
            group={row.group}
            index={row.index}
            line={index}
            requests={requests}
            fromDraft={plan.origin === "draft"}
            lineRef={index === first ? begin : undefined}
            onMove={move}
            onAct={act}
            onAgain={again}
          />
        );
    }
  };

  return (
    <>
      <div className={styles.scroll} ref={setScroller}>
        <div className={styles.content}>
          <h1 className={styles.title}>{TITLES[plan.origin]}</h1>
          <p className={styles.sentence} data-selectable>
            <Emphasised text={plan.sentence} />
          </p>
          <Numbers plan={plan} />
          <div className={styles.banners}>
            <Origin plan={plan} onDraft={again} />
            {review.moved && plan.origin === "draft" && (
              <Banner
                tone="info"
                title="The draft has changed since."
                actions={
                  <Button size="s" onPress={again}>
                    Review it again
                  </Button>
                }
              >
                What is below is how it was.
              </Banner>
            )}
            {problem !== null && <ErrorBanner title="That was not done." error={problem} />}
            <Brakes plan={plan} />
            <NewSegments plan={plan} />
            {plan.irreversible.length > 0 && (
              <Banner
                tone="warn"
                title={
                  plan.origin === "take_back"
                    ? "Not everything comes back."
                    : "Taking this back would not bring everything back."
                }
              >
                {plan.irreversible.map((sentence) => (
                  <p key={sentence}>{sentence}</p>
                ))}
              </Banner>
            )}
          </div>
          <VirtualList
            label={requests ? "Requests" : "What would be done"}
            count={rows.length}
            estimate={estimate}
            scroller={scroller}
            keyOf={keyOf}
            render={render}
            handle={list}
          />
        </div>
      </div>
      {aboveFooter}
      <Footer
        plan={plan}
        name={name}
        stale={review.moved && plan.origin === "draft"}
        requests={requests}
        onRequests={() => setRequests((now) => !now)}
      />
    </>
  );
}

/** The numbers of people stand out: they are what a plan is judged by. */
function Emphasised({ text }: { text: string }) {
  return emphasis(text).map((part) =>
    part.strong ? <strong key={part.at}>{part.text}</strong> : <span key={part.at}>{part.text}</span>,
  );
}

function rowKey(row: ReviewRow | undefined): string {
  if (row === undefined) {
    return "none";
  }
  return row.kind === "heading"
    ? `heading ${row.summary.group}`
    : `${row.kind} ${row.group} ${row.kind === "item" ? row.index : ""}`;
}

function Numbers({ plan }: { plan: Plan }) {
  const seats = plan.seatsFreed;
  return (
    <Figures>
      {seats !== 0 && (
        <Figure
          value={`about ${number(Math.abs(seats))}`}
          caption={
            seats > 0
              ? seats === 1
                ? "seat freed"
                : "seats freed"
              : `more ${seats === -1 ? "seat" : "seats"}`
          }
        />
      )}
      <Figure value={number(plan.operations)} caption={plan.operations === 1 ? "operation" : "operations"} />
      <Figure value={`about ${duration(plan.seconds)}`} caption="at the latest pace" />
      <Figure value={number(plan.operationsLeft)} caption="operations left this hour" />
    </Figures>
  );
}

const TITLES: Record<Plan["origin"], string> = {
  draft: "Review",
  take_back: "Review: take back",
  command_line: "Review: a plan from the command line",
  file: "Review: a plan from a file",
};

/** Of a plan that is not the draft's: what becomes of the draft. */
function Origin({ plan, onDraft }: { plan: Plan; onDraft: () => void }) {
  const staged = useDraft(plan.connection)?.changes ?? 0;
  if (plan.origin === "draft" || staged === 0) {
    return null;
  }
  return (
    <Banner
      tone="info"
      title="This is not the draft."
      actions={
        <Button size="s" onPress={onDraft}>
          Review the draft
        </Button>
      }
    >
      The draft stays as it is whatever is done here.
    </Banner>
  );
}

/** A value that nobody has becomes a segment by being written, whether meant or mistyped. */
function NewSegments({ plan }: { plan: Plan }) {
  if (plan.newSegments.length === 0) {
    return null;
  }
  const count = plan.newSegments.length;
  return (
    <Banner
      tone="warn"
      title={count === 1 ? "This makes a new segment." : `This makes ${number(count)} new segments.`}
    >
      {plan.newSegments.slice(0, 5).map((segment) => (
        <p key={`${segment.label} ${segment.value}`}>
          {segment.label} “{segment.value}”, for {people(segment.people)}
          {segment.similar !== null && `; “${segment.similar}” exists`}
        </p>
      ))}
      {count > 5 && <p>and {number(count - 5)} more, marked on their lines</p>}
    </Banner>
  );
}

function Brakes({ plan }: { plan: Plan }) {
  return plan.brakes.map((brake) => {
    const stops = brake.level !== "warn";
    const { lead, why, how } = brakeWords(brake.message);
    return (
      <Banner key={brake.kind} tone={stops ? "brake" : "info"} title={lead}>
        {why}
        {how !== "" && <p>{how}</p>}
      </Banner>
    );
  });
}
