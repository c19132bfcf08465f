import type { DayCount } from "../../host";

export interface Bar {
  /** First and last day it stands for, `YYYY-MM-DD`. */
  from: string;
  to: string;
  made: number;
  seen: number;
}

const DAY = 86_400_000;

function dayNumber(day: string): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY);
}

function dayText(number: number): string {
  return new Date(number * DAY).toISOString().slice(0, 10);
}

/** The day after. */
export function nextDay(day: string): string {
  return dayText(dayNumber(day) + 1);
}

/**
 * Days as bars of equal length without gaps, at most `most` of them: long stretches put several days in one bar, and days on which nothing
 * happened are bars too, or time would look shorter than it was.
 */
export function barsOf(days: readonly DayCount[], most: number): Bar[] {
  const numbers = days.map((day) => dayNumber(day.day)).filter((value) => Number.isFinite(value));
  if (numbers.length === 0) {
    return [];
  }
  const first = numbers.reduce((a, b) => Math.min(a, b));
  const last = numbers.reduce((a, b) => Math.max(a, b));
  const span = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, most)));
  const count = Math.ceil((last - first + 1) / span);
  // Counted back from the last day, so that the newest bar is whole.
  const start = last - count * span + 1;
  const bars: Bar[] = Array.from({ length: count }, (_, index) => ({
    from: dayText(start + index * span),
    to: dayText(start + (index + 1) * span - 1),
    made: 0,
    seen: 0,
  }));
  for (const day of days) {
    const bar = bars[Math.floor((dayNumber(day.day) - start) / span)];
    if (bar !== undefined) {
      bar.made += day.made;
      bar.seen += day.seen;
    }
  }
  return bars;
}
