import { useCallback, useRef, useState } from "react";
import { asHostError, Channel, type HostError, type TestReport, type TestStep } from "../../host";

export interface Test {
  steps: readonly TestStep[];
  running: boolean;
  report: TestReport | null;
  /** The test itself could not be made. */
  error: HostError | null;
}

const NONE: Test = { steps: [], running: false, report: null, error: null };

/** Runs a test of a connection and shows each step as it is known. A newer test, or `forget`, puts an older one aside. */
export function useTest() {
  const [test, setTest] = useState<Test>(NONE);
  const turn = useRef(0);

  const run = useCallback(async (ask: (steps: Channel<TestStep>) => Promise<TestReport>) => {
    turn.current += 1;
    const mine = turn.current;
    const steps = new Channel<TestStep>();
    steps.onmessage = (step) => {
      if (turn.current === mine) {
        setTest((now) => ({ ...now, steps: [...now.steps, step] }));
      }
    };
    setTest({ ...NONE, running: true });
    try {
      const report = await ask(steps);
      if (turn.current === mine) {
        setTest({ steps: report.steps, running: false, report, error: null });
      }
      return report;
    } catch (thrown) {
      if (turn.current === mine) {
        setTest((now) => ({ ...now, running: false, error: asHostError(thrown) }));
      }
      return null;
    }
  }, []);

  const forget = useCallback(() => {
    turn.current += 1;
    setTest(NONE);
  }, []);

  return { test, run, forget };
}
