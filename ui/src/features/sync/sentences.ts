import { counted, duration, number, people, rate } from "../../format";
import type { SyncOutcome, SyncProgress } from "../../host";

/** "2,300 of 4,986 people" */
export function howFar(progress: SyncProgress): string {
  return progress.expected === null
    ? people(progress.people)
    : `${number(progress.people)} of ${people(progress.expected)}`;
}

/** "24 pages · 1,150 a second · about 3 s left" */
export function pace(progress: SyncProgress): string {
  const parts = [counted(progress.pages, "page")];
  if (progress.rate > 0) {
    parts.push(rate(progress.rate));
  }
  if (progress.secondsLeft !== null) {
    parts.push(`about ${duration(progress.secondsLeft)} left`);
  }
  return parts.join(" · ");
}

/** What the sync found: "12 new, 40 changed, 3 gone", or "nothing new". */
export function found(outcome: SyncOutcome): string {
  const parts: string[] = [];
  if (outcome.added > 0) {
    parts.push(`${number(outcome.added)} new`);
  }
  if (outcome.changed > 0) {
    parts.push(`${number(outcome.changed)} changed`);
  }
  if (outcome.vanished > 0) {
    parts.push(`${number(outcome.vanished)} gone`);
  }
  return parts.length === 0 ? "nothing new" : parts.join(", ");
}
