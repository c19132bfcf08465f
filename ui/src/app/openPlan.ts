import { create } from "zustand";
import { asHostError, type HostError, host, keys, put } from "../host";
import { turnTo, useWindow } from "../state";

/** Why the file chosen last was not opened. */
export const usePlanProblem = create<{ error: HostError | null }>()(() => ({ error: null }));

/** Asks for a plan file and puts what it says up for review, in the connection it is for. */
export function openPlan(): void {
  const here = useWindow.getState().connection;
  host.readPlan(here).then(
    (plan) => {
      if (plan === null) {
        return;
      }
      if (plan.connection !== here) {
        turnTo(plan.connection);
      }
      put(keys.plan(plan.id), plan);
      useWindow.getState().review(plan.id);
    },
    (thrown: unknown) => usePlanProblem.setState({ error: asHostError(thrown) }),
  );
}
