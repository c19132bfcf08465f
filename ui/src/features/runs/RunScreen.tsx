import { ListChecks } from "lucide-react";
import { useState } from "react";
import {
  Banner,
  Button,
  Dialog,
  EmptyState,
  ErrorBanner,
  ErrorState,
  Figure,
  Figures,
  Progress,
  Skeleton,
  Tab,
  TabList,
  TabPanel,
  Tabs,
} from "../../components";
import { FreedWorth, freedSeats, SeatsReport } from "../../directory/SeatsReport";
import { ago, duration, exactly, number } from "../../format";
import {
  asHostError,
  changed,
  type HostError,
  host,
  type ItemState,
  keys,
  type Run,
  useConnection,
  useRun,
} from "../../host";
import { useWindow } from "../../state";
import { takeBack, useDismiss, useRunAct } from "./acts";
import { RunItems } from "./RunItems";
import styles from "./Runs.module.css";
import { counts, ended, isFinished, outcome, pace, seats, unsent } from "./sentences";

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

type TabId =
  | "all"
  | Extract<ItemState, "failed" | "held" | "done" | "same" | "waiting" | "sent" | "unknown" | "cancelled">;

function RunView({ run }: { run: Run }) {
  const { go, showHistory } = useWindow.getState();
  const name = useConnection(run.connection)?.name ?? "";
  const pause = useRunAct(run, host.pauseRun);
  const resume = useRunAct(run, host.resumeRun);
  const cancel = useRunAct(run, host.cancelRun);
  const retry = useRunAct(run, host.retryFailed);
  const dismiss = useDismiss(run);
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<HostError | null>(null);
  const [tab, setTab] = useState<TabId>("all");
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const finished = isFinished(run);
  const takesBack = finished && run.canTakeBack;
  const choice = {
    chosen,
    toggle: (position: number) =>
      setChosen((now) => {
        const next = new Set(now);
        if (!next.delete(position)) {
          next.add(position);
        }
        return next;
      }),
  };
  const left = run.total - ended(run);
  const trouble =
    problem ?? pause.error ?? resume.error ?? cancel.error ?? retry.error ?? dismiss.error ?? null;
  const freed = seats(run);
  const all: [TabId, string, number][] = [
    ["all", "All", run.total],
    ["failed", "Failed", run.failed],
    ["held", "Held", run.held],
    ["unknown", "Being read again", run.unknown],
    ["sent", "Being read back", run.sent],
    ["done", "Done", run.done],
    ["same", "Already so", run.same],
    ["cancelled", "Not sent", run.cancelled],
  ];
  const tabs = all.filter(([id, , count]) => id === "all" || id === tab || count > 0);

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
          <div className={styles.acts}>
            {!finished && (
              <Button variant="quiet-danger" isDisabled={cancel.isPending} onPress={() => setAsking(true)}>
                Cancel
              </Button>
            )}
            {run.status === "running" && (
              <Button isDisabled={pause.isPending} onPress={() => pause.mutate(undefined)}>
                Pause
              </Button>
            )}
            {run.status === "paused" && (
              <Button
                variant="primary"
                isDisabled={resume.isPending}
                onPress={() => resume.mutate(undefined)}
              >
                Resume
              </Button>
            )}
            {takesBack && (
              <Button
                onPress={() => void takeBack(run.id, chosen.size === 0 ? null : [...chosen]).then(setProblem)}
              >
                {chosen.size === 0 ? "Take back" : `Take back ${number(chosen.size)}`}
              </Button>
            )}
            {finished && run.failed > 0 && (
              <Button isDisabled={retry.isPending} onPress={() => retry.mutate(undefined)}>
                Retry {number(run.failed)} failed
              </Button>
            )}
            {finished && freedSeats(run) && <SeatsReport run={run} onFailure={setProblem} />}
            {finished && (
              <Button onPress={() => showHistory({ row: null, run: run.id, label: run.title })}>
                Show in history
              </Button>
            )}
            {finished && (
              <Button
                variant="primary"
                onPress={() => {
                  dismiss.mutate(undefined);
                  go("people");
                }}
              >
                Done
              </Button>
            )}
          </div>
        </div>
        {!finished && (
          <Progress
            label={run.title}
            value={ended(run)}
            begun={run.sent}
            max={run.total}
            tone={run.status === "paused" ? "paused" : "accent"}
          />
        )}
        {!finished && (
          <p className={styles.progressWords} aria-live="polite">
            {counts(run)}
            {pace(run) !== "" && <span> · {pace(run)}</span>}
          </p>
        )}
        <Figures>
          <Figure value={number(run.done)} caption="done and read back" />
          {run.same > 0 && <Figure value={number(run.same)} caption="already so" />}
          <Figure value={number(run.held)} caption="held" />
          <Figure value={number(run.failed)} caption="failed" />
          {!finished && <Figure value={number(left)} caption="left" />}
          {!finished && run.secondsLeft !== null && (
            <Figure value={duration(run.secondsLeft)} caption="to go" />
          )}
          {run.cancelled > 0 && <Figure value={number(run.cancelled)} caption="not sent" />}
          {freed !== null && (
            <Figure value={number(Math.abs(run.seatsFreed ?? 0))} caption={freed.replace(/^\S+\s/, "")} />
          )}
          {freedSeats(run) && <FreedWorth run={run} />}
        </Figures>
        {trouble !== null && <ErrorBanner title="That was not done." error={trouble} />}
        {run.status === "paused" && run.why !== null && (
          <Banner tone="brake" title="Paused.">
            {pace(run)}
          </Banner>
        )}
      </div>
      <div className={styles.tabs}>
        <Tabs selected={tab} onSelect={(key) => setTab(key as TabId)}>
          <TabList label="Items by how they ended">
            {tabs.map(([id, words, count]) => (
              <Tab key={id} id={id} count={number(count)}>
                {words}
              </Tab>
            ))}
          </TabList>
          {tabs.map(([id]) => (
            <TabPanel key={id} id={id}>
              <RunItems run={run} state={id === "all" ? null : id} choice={takesBack ? choice : null} />
            </TabPanel>
          ))}
        </Tabs>
      </div>
      {asking && (
        <Dialog
          title="Cancel this run?"
          alert
          isOpen
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button autoFocus onPress={() => setAsking(false)}>
                Go on
              </Button>
              <Button
                variant="danger"
                onPress={() => {
                  setAsking(false);
                  cancel.mutate(undefined);
                }}
              >
                Cancel the run
              </Button>
            </>
          }
        >
          <p>
            {number(run.done + run.same)} of {number(run.total)} are done in {name} and stay done.
            {run.sent > 0 && ` ${number(run.sent)} are sent and are read back first.`} {number(unsent(run))}{" "}
            are not sent. What is done can be taken back after.
          </p>
        </Dialog>
      )}
    </div>
  );
}
