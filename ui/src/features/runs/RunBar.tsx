import { Button, StateGlyph } from "../../components";
import { host, type Run, useOpenRuns } from "../../host";
import { useWindow } from "../../state";
import { useDismiss, useRunAct } from "./acts";
import { RunProgress } from "./RunProgress";
import styles from "./Runs.module.css";
import { counts, isFinished, outcome, pace } from "./sentences";

/**
 * The run under way, or the last one until it is dismissed, on every screen but its own; and what goes on in other
 * connections.
 */
export function RunBars() {
  const connection = useWindow((state) => state.connection);
  const screen = useWindow((state) => state.screen);
  const shown = useWindow((state) => state.run);
  return useOpenRuns(connection)
    .filter((run) => screen !== "run" || shown !== run.id)
    .map((run) => (
      <Bar key={run.id} run={run} label={run.connection === connection ? "Run" : `Run: ${run.title}`} />
    ));
}

function Bar({ run, label }: { run: Run; label: string }) {
  const { use, showRun } = useWindow.getState();
  const pause = useRunAct(run, host.pauseRun);
  const resume = useRunAct(run, host.resumeRun);
  const dismiss = useDismiss(run);
  const finished = isFinished(run);
  const trouble = run.failed + run.held > 0;
  const problem = pause.error ?? resume.error ?? dismiss.error;
  return (
    <section className={styles.bar} aria-label={label}>
      {!finished && <RunProgress run={run} className={styles.barProgress} />}
      <div className={styles.barRow}>
        <StateGlyph
          state={finished ? (trouble ? "failed" : "done") : run.status === "paused" ? "held" : "working"}
        />
        <p className={styles.barWords}>
          <strong>{run.title}</strong> {finished ? outcome(run) : counts(run)}
          {!finished && <span className={styles.pace}> {pace(run)}</span>}
          {problem !== null && (
            <span className={styles.problem} role="alert">
              {" "}
              {problem.message}
            </span>
          )}
        </p>
        {run.status === "running" && (
          <Button variant="quiet" isDisabled={pause.isPending} onPress={() => pause.mutate(undefined)}>
            Pause
          </Button>
        )}
        {run.status === "paused" && (
          <Button variant="quiet" isDisabled={resume.isPending} onPress={() => resume.mutate(undefined)}>
            Resume
          </Button>
        )}
        <Button
          onPress={() => {
            use(run.connection);
            showRun(run.id);
          }}
        >
          Details
        </Button>
        {finished && (
          <Button variant="quiet" isDisabled={dismiss.isPending} onPress={() => dismiss.mutate(undefined)}>
            Dismiss
          </Button>
        )}
      </div>
    </section>
  );
}
