import { locale } from "./locale";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "under a second", "9 s", "1 min 9 s", "2 h 5 min", "3 days" */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) {
    return "unknown";
  }
  if (seconds < 1) {
    return "under a second";
  }
  const rounded = Math.round(seconds);
  if (rounded < MINUTE) {
    return `${rounded} s`;
  }
  if (rounded < HOUR) {
    const rest = rounded % MINUTE;
    const minutes = Math.floor(rounded / MINUTE);
    return rest === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${rest} s`;
  }
  if (rounded < 2 * DAY) {
    const minutes = Math.round((rounded % HOUR) / MINUTE);
    const hours = Math.floor(rounded / HOUR);
    return minutes === 0 || minutes === 60
      ? `${hours + Math.floor(minutes / 60)} h`
      : `${hours} h ${minutes} min`;
  }
  return `${Math.round(rounded / DAY)} days`;
}

/** "about 1 min 9 s left" */
export function left(seconds: number | null): string {
  return seconds === null ? "" : `about ${duration(seconds)} left`;
}

const dayMonthYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const dayMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });

/** A calendar date `YYYY-MM-DD` as people write it; what is no such date stays as it is. */
export function date(canonical: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(canonical);
  if (parts === null) {
    return canonical;
  }
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const value = new Date(year, month - 1, day);
  value.setFullYear(year);
  if (value.getMonth() !== month - 1 || value.getDate() !== day) {
    return canonical;
  }
  return dayMonthYear.format(value);
}

/** "14 Nov", with the year when it is another one. */
export function day(time: string, now: Date = new Date()): string {
  const value = /^\d{4}-\d{2}-\d{2}$/.test(time) ? new Date(`${time}T00:00:00`) : new Date(time);
  if (Number.isNaN(value.getTime())) {
    return time;
  }
  return value.getFullYear() === now.getFullYear() ? dayMonth.format(value) : dayMonthYear.format(value);
}

/** "09:41" */
export function timeOfDay(time: string): string {
  const value = new Date(time);
  return Number.isNaN(value.getTime()) ? time : clock.format(value);
}

/** Relative under a day, a date beyond: "just now", "2 min ago", "3 h ago", "14 Nov 2025". */
export function ago(time: string, now: Date = new Date()): string {
  const value = new Date(time);
  if (Number.isNaN(value.getTime())) {
    return time;
  }
  const seconds = (now.getTime() - value.getTime()) / 1000;
  if (seconds < 45) {
    return "just now";
  }
  if (seconds < HOUR) {
    return `${Math.max(1, Math.round(seconds / MINUTE))} min ago`;
  }
  if (seconds < DAY) {
    return `${Math.round(seconds / HOUR)} h ago`;
  }
  return day(time, now);
}

/** For hovering: the whole of it, with the time zone. */
export function exactly(time: string): string {
  const value = new Date(time);
  return Number.isNaN(value.getTime()) ? time : exact.format(value);
}
