import { Check, CircleX, LoaderCircle, TriangleAlert } from "lucide-react";
import type { StepVerdict, TestStep, TestStepName } from "../../host";
import styles from "./Connections.module.css";

const ORDER: readonly TestStepName[] = [
  "address",
  "reached",
  "token_accepted",
  "listing_allowed",
  "attributes_found",
  "writing",
];

const DOING: Record<TestStepName, string> = {
  address: "Reading the address",
  reached: "Reaching the service",
  token_accepted: "Trying the token",
  listing_allowed: "Listing people",
  attributes_found: "Looking for attributes",
  writing: "Asking what can be written",
};

const WORD: Record<StepVerdict, string> = { good: "Good", note: "To know", bad: "Failed" };

function Mark({ verdict }: { verdict: StepVerdict }) {
  const Icon = verdict === "good" ? Check : verdict === "note" ? TriangleAlert : CircleX;
  return (
    <span className={styles[verdict]}>
      <Icon aria-hidden="true" />
      <span className="visually-hidden">{WORD[verdict]}: </span>
    </span>
  );
}

/** What comes after the steps known so far. */
export function nextStep(steps: readonly TestStep[]): TestStepName | null {
  const last = steps.at(-1);
  if (last === undefined) {
    return "address";
  }
  return last.verdict === "bad" ? null : (ORDER[ORDER.indexOf(last.step) + 1] ?? null);
}

/** Each step of the test with its verdict, as it is known. */
export function TestSteps({ steps, running }: { steps: readonly TestStep[]; running: boolean }) {
  const doing = running ? nextStep(steps) : null;
  return (
    <ul className={styles.steps} aria-label="Test" aria-live="polite" aria-busy={running}>
      {steps.map((step) => (
        <li key={`${step.step} ${step.sentence}`} className={styles.step}>
          <Mark verdict={step.verdict} />
          <div className={styles.stepWords} data-selectable>
            <div className={styles.stepLine}>
              <span>{step.sentence}</span>
              {step.detail !== null && <span className={styles.detail}>{step.detail}</span>}
            </div>
            {step.next !== null && <p className={styles.next}>{step.next}</p>}
          </div>
        </li>
      ))}
      {doing !== null && (
        <li className={styles.step}>
          <span className={styles.doing}>
            <LoaderCircle aria-hidden="true" />
          </span>
          <span className={styles.stepWords}>{DOING[doing]}</span>
        </li>
      )}
    </ul>
  );
}
