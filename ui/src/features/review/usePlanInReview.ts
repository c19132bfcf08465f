import { useCallback, useEffect, useRef, useState } from "react";
import {
  asHostError,
  type ConnectionId,
  changed,
  type HostError,
  host,
  keys,
  onNews,
  type Plan,
  type PlanId,
  put,
  usePlan,
} from "../../host";
import { useWindow } from "../../state";

export interface InReview {
  plan: Plan | undefined;
  making: boolean;
  error: HostError | null;
  /** The draft has changed since the plan was made. */
  moved: boolean;
  /** Makes the plan anew from the draft. */
  again: () => void;
  /** Does something to the plan that answers with the plan as it is then. */
  amend: (act: (plan: PlanId) => Promise<Plan>) => Promise<void>;
}

/** The plan on screen: the one asked for, or one made of the draft. */
export function usePlanInReview(connection: ConnectionId): InReview {
  const id = useWindow((state) => state.plan);
  const shown = usePlan(id);
  const [making, setMaking] = useState(false);
  const [error, setError] = useState<HostError | null>(null);
  const [moved, setMoved] = useState(false);
  const amending = useRef(0);

  const show = useCallback((plan: Plan) => {
    put(keys.plan(plan.id), plan);
    useWindow.setState({ plan: plan.id });
  }, []);

  const again = useCallback(() => {
    setMaking(true);
    setError(null);
    setMoved(false);
    host
      .makePlan(connection)
      .then(show, (thrown: unknown) => setError(asHostError(thrown)))
      .finally(() => setMaking(false));
  }, [connection, show]);

  useEffect(() => {
    if (useWindow.getState().plan === null) {
      again();
    }
  }, [again]);

  useEffect(
    () =>
      onNews("draftChanged", (news) => {
        if (news.connection === connection && amending.current === 0) {
          setMoved(true);
        }
      }),
    [connection],
  );

  const amend = useCallback(
    async (act: (plan: PlanId) => Promise<Plan>) => {
      const now = useWindow.getState().plan;
      if (now === null) {
        return;
      }
      amending.current += 1;
      try {
        const plan = await act(now);
        show(plan);
        await changed([keys.planPages(plan.id)]);
      } finally {
        // The news of what this did may come a moment after its answer.
        setTimeout(() => {
          amending.current -= 1;
        }, 500);
      }
    },
    [show],
  );

  return {
    plan: shown.data,
    making: making || (id !== null && shown.isPending),
    error: error ?? (shown.error === null ? null : asHostError(shown.error)),
    moved,
    again,
    amend,
  };
}
