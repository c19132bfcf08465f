import { ListChecks } from "lucide-react";
import { useState } from "react";
import {
  Banner,
  Button,
  EmptyState,
  ErrorBanner,
  ErrorState,
  Figure,
  Figures,
  Skeleton,
} from "../../components";
import { FreedWorth, freedSeats } from "../../directory/SeatsReport";
import { ago, duration, exactly, number } from "../../format";
import { asHostError, changed, keys, type Run, type RunStatus, useRun } from "../../host";
import { useWindow } from "../../state";
import { RunActs, useRunActs } from "./RunActs";
import { RunProgress } from "./RunProgress";
import styles from "./Runs.module.css";
import { RunTabs } from "./RunTabs";
import { counts, ended, isFinished, outcome, pace, seats } from "./sentences";

export function RunScreen() {
  const id = useWindow((state) => state.run);
  const go = useWindow((state) => state.go);
  const run = useRun(id);
  if (id === null) {
    return (
      <EmptyState
        icon={<ListChecks aria-hidden="true" />}
        title="No run chosen"
        action={
          <Button variant="primary" onPress={() => go("history")}>
            Go to history
          </Button>
        }
      >
        A run is a plan being carried out; past ones are found in the history.
      </EmptyState>
    );
  }
  if (run.isError) {
    return (
      <ErrorState
        title="The run could not be read"
        error={asHostError(run.error)}
        onRetry={() => void changed([keys.run(id)])}
      />
    );
  }
  if (run.data === undefined) {
    return (
      <div className={styles.content}>
        <Skeleton />
      </div>
    );
  }
  return <RunView key={id} run={run.data} />;
}

/** Items picked out to be taken back, by position. */
function useChosen() {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const toggle = (position: number) =>
    setChosen((now) => {
      const next = new Set(now);
      if (!next.delete(position)) {
        next.add(position);
      }
      return next;
    });
  return { chosen, toggle };
}

function RunView({ run }: { run: Run }) {
  const choice = useChosen();
  const acts = useRunActs(run);
  const finished = isFinished(run);
  return (
    <div className={styles.screen}>
      <div className={styles.top}>
        <div className={styles.head}>
          <div className={styles.headWords}>
            <h1 className={styles.title}>{run.title}</h1>
            <p className={styles.lead} data-selectable>
              {finished
                ? outcome(run)
                : run.status === "paused"
                  ? "Paused. What is done stays done."
                  : "Being carried out."}{" "}
              <span title={exactly(run.finishedAt ?? run.startedAt)}>
                {finished && run.finishedAt !== null
                  ? `Ended ${ago(run.finishedAt)}.`
                  : `Started ${ago(run.startedAt)}.`}
              </span>
            </p>
          </div>
          <RunActs run={run} acts={acts} chosen={choice.chosen} />
        </div>
        {!finished && <HowFar run={run} />}
        <Numbers run={run} />
        {acts.trouble !== null && <ErrorBanner title="That was not done." error={acts.trouble} />}
        <Why run={run} />
      </div>
      <RunTabs run={run} choice={finished && run.canTakeBack ? choice : null} />
    </div>
  );
}

const STANDS: Record<RunStatus, string> = {
  running: "Not carried out here.",
  paused: "Paused.",
  done: "Ended early.",
  cancelled: "Cancelled.",
};

/** Why it waits, is carried out elsewhere, or ended before its time. */
function Why({ run }: { run: Run }) {
  if (run.why === null) {
    return null;
  }
  return (
    <Banner tone={run.status === "paused" ? "brake" : "info"} title={STANDS[run.status]}>
      {isFinished(run) ? run.why : pace(run)}
    </Banner>
  );
}

function HowFar({ run }: { run: Run }) {
  // Of a reason there is a banner.
  const going = run.why === null ? pace(run) : "";
  return (
    <>
      <RunProgress run={run} />
      <p className={styles.progressWords} aria-live="polite">
        {counts(run)}
        {going !== "" && <span> · {going}</span>}
      </p>
    </>
  );
}

function Numbers({ run }: { run: Run }) {
  const finished = isFinished(run);
  const freed = seats(run);
  return (
    <Figures>
      <Figure value={number(run.done)} caption="done and read back" />
      {run.same > 0 && <Figure value={number(run.same)} caption="already so" />}
      <Figure value={number(run.held)} caption="held" />
      <Figure value={number(run.failed)} caption="failed" />
      {!finished && <Figure value={number(run.total - ended(run))} caption="left" />}
      {!finished && run.secondsLeft !== null && <Figure value={duration(run.secondsLeft)} caption="to go" />}
      {run.cancelled > 0 && <Figure value={number(run.cancelled)} caption="not sent" />}
      {freed !== null && (
        <Figure value={number(Math.abs(run.seatsFreed ?? 0))} caption={freed.replace(/^\S+\s/, "")} />
      )}
      {freedSeats(run) && <FreedWorth run={run} />}
    </Figures>
  );
}
