import {
  asHostError,
  type HostError,
  host,
  keys,
  put,
  putRun,
  type Run,
  type RunId,
  useWrite,
} from "../../host";
import { useWindow } from "../../state";

/** Pause, resume, cancel, retry: each answers with the run as it is then. */
export function useRunAct(run: Run, act: (id: RunId) => Promise<Run>) {
  return useWrite(
    async () => {
      const after = await act(run.id);
      putRun(after);
      return after;
    },
    () => [keys.runs(run.connection), keys.runPages(run.id)],
  );
}

export function useDismiss(run: Run) {
  return useWrite(
    () => host.dismissRun(run.id),
    () => [keys.openRun(run.connection), keys.runs(run.connection)],
  );
}

/** A new plan that undoes the run, put up for review. */
export async function takeBack(run: RunId, positions: number[] | null): Promise<HostError | null> {
  try {
    const plan = await host.takeBack(run, positions);
    put(keys.plan(plan.id), plan);
    useWindow.getState().review(plan.id);
    return null;
  } catch (thrown) {
    return asHostError(thrown);
  }
}
