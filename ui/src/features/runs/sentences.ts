import { counted, duration, number, rate, timeOfDay } from "../../format";
import type { Run } from "../../host";

export function isFinished(run: Run): boolean {
  return run.status === "done" || run.status === "cancelled";
}

/** Items that have ended, one way or another. */
export function ended(run: Run): number {
  return run.done + run.same + run.held + run.failed + run.cancelled;
}

/** Items not sent yet, and sent no more once the run is cancelled. */
export function unsent(run: Run): number {
  return run.total - ended(run) - run.sent - run.unknown;
}

/** "128 of 214 done · 40 sent, being read back · 2 held · 1 failed" */
export function counts(run: Run): string {
  const parts = [`${number(run.done + run.same)} of ${number(run.total)} done`];
  if (run.sent > 0) {
    parts.push(`${number(run.sent)} sent, being read back`);
  }
  if (run.held > 0) {
    parts.push(`${number(run.held)} held`);
  }
  if (run.failed > 0) {
    parts.push(`${number(run.failed)} failed`);
  }
  if (run.unknown > 0) {
    parts.push(`${number(run.unknown)} being read again`);
  }
  return parts.join(" · ");
}

/** "12 a second · about 8 s left", or why it waits or is not carried out here. */
export function pace(run: Run): string {
  if (run.status === "paused") {
    const why = run.why ?? "Paused";
    return run.resumeAt === null ? why : `${why} · goes on at ${timeOfDay(run.resumeAt)}`;
  }
  if (run.status !== "running") {
    return "";
  }
  if (run.why !== null) {
    return run.why;
  }
  const parts: string[] = [];
  if (run.rate > 0) {
    parts.push(rate(run.rate));
  }
  if (run.secondsLeft !== null) {
    parts.push(`about ${duration(run.secondsLeft)} left`);
  }
  return parts.join(" · ");
}

/** How it ended, in a sentence. */
export function outcome(run: Run): string {
  if (run.sentence !== null) {
    return run.sentence;
  }
  if (run.status === "cancelled") {
    return `Cancelled: ${counts(run)}, ${number(run.cancelled)} not sent.`;
  }
  return run.failed + run.held > 0 ? `${counts(run)}.` : `All ${counted(run.total, "item")} done.`;
}

/** "209 seats freed, measured", once it is known. */
export function seats(run: Run): string | null {
  if (run.seatsFreed === null || run.seatsFreed === 0) {
    return null;
  }
  const count = Math.abs(run.seatsFreed);
  const words = counted(count, "seat");
  return run.seatsFreed > 0 ? `${words} freed` : `${words} taken`;
}
