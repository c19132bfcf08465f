import { useState } from "react";
import { Button, Dialog } from "../../components";
import { freedSeats, SeatsReport } from "../../directory/SeatsReport";
import { number } from "../../format";
import { type HostError, host, type Run, useConnection } from "../../host";
import { useWindow } from "../../state";
import { takeBack, useDismiss, useRunAct } from "./acts";
import styles from "./Runs.module.css";
import { isFinished, unsent } from "./sentences";

/** The acts on a run, and why the last one was not done. */
export function useRunActs(run: Run) {
  const pause = useRunAct(run, host.pauseRun);
  const resume = useRunAct(run, host.resumeRun);
  const cancel = useRunAct(run, host.cancelRun);
  const retry = useRunAct(run, host.retryFailed);
  const dismiss = useDismiss(run);
  const [problem, setProblem] = useState<HostError | null>(null);
  const trouble = problem ?? pause.error ?? resume.error ?? cancel.error ?? retry.error ?? dismiss.error;
  return { pause, resume, cancel, retry, dismiss, setProblem, trouble };
}

interface ActsProps {
  run: Run;
  acts: ReturnType<typeof useRunActs>;
  /** Positions of items picked out to be taken back; none means the whole run. */
  chosen: ReadonlySet<number>;
}

/** What can be done with a run: while it goes on, and once it is over. */
export function RunActs(props: ActsProps) {
  return (
    <div className={styles.acts}>{isFinished(props.run) ? <Over {...props} /> : <GoingOn {...props} />}</div>
  );
}

function GoingOn({ run, acts: { pause, resume, cancel } }: ActsProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="quiet-danger" isDisabled={cancel.isPending} onPress={() => setAsking(true)}>
        Cancel
      </Button>
      {run.status === "running" && (
        <Button isDisabled={pause.isPending} onPress={() => pause.mutate(undefined)}>
          Pause
        </Button>
      )}
      {run.status === "paused" && (
        <Button variant="primary" isDisabled={resume.isPending} onPress={() => resume.mutate(undefined)}>
          Resume
        </Button>
      )}
      {asking && (
        <CancelDialog
          run={run}
          onClose={() => setAsking(false)}
          onCancel={() => {
            setAsking(false);
            cancel.mutate(undefined);
          }}
        />
      )}
    </>
  );
}

function Over({ run, acts: { retry, dismiss, setProblem }, chosen }: ActsProps) {
  const { go, showHistory } = useWindow.getState();
  return (
    <>
      {run.canTakeBack && (
        <Button
          onPress={() => void takeBack(run.id, chosen.size === 0 ? null : [...chosen]).then(setProblem)}
        >
          {chosen.size === 0 ? "Take back" : `Take back ${number(chosen.size)}`}
        </Button>
      )}
      {run.failed > 0 && (
        <Button isDisabled={retry.isPending} onPress={() => retry.mutate(undefined)}>
          Retry {number(run.failed)} failed
        </Button>
      )}
      {freedSeats(run) && <SeatsReport run={run} onFailure={setProblem} />}
      <Button onPress={() => showHistory({ row: null, run: run.id, label: run.title })}>
        Show in history
      </Button>
      <Button
        variant="primary"
        onPress={() => {
          dismiss.mutate(undefined);
          go("people");
        }}
      >
        Done
      </Button>
    </>
  );
}

function CancelDialog({ run, onClose, onCancel }: { run: Run; onClose: () => void; onCancel: () => void }) {
  const name = useConnection(run.connection)?.name ?? "";
  return (
    <Dialog
      title="Cancel this run?"
      alert
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            Go on
          </Button>
          <Button variant="danger" onPress={onCancel}>
            Cancel the run
          </Button>
        </>
      }
    >
      <p>
        {number(run.done + run.same)} of {number(run.total)} are done in {name} and stay done.
        {run.sent > 0 && ` ${number(run.sent)} are sent and are read back first.`} {number(unsent(run))} are
        not sent. What is done can be taken back after.
      </p>
    </Dialog>
  );
}
