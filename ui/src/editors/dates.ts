import { locale } from "../format";

/** Dates typed any way round: "7 Mar 24", "2024-03-07", "March 7, 2024", "07/03/2024", "7.3.24". */

export type DateOrder = "dayFirst" | "monthFirst";

export type DateReading =
  /** `YYYY-MM-DD` */
  | { date: string }
  /** Reads both ways round: day first, then month first. */
  | { either: [string, string] };

/** Years of two figures: up to ten years ahead of today they are of this century. */
const YEARS_AHEAD = 10;

const MONTHS = monthNames();

function monthNames(): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const language of ["en-GB", locale]) {
    for (const month of ["long", "short"] as const) {
      const format = new Intl.DateTimeFormat(language, { month, day: "numeric" });
      for (let at = 0; at < 12; at += 1) {
        const name = format
          .formatToParts(new Date(2024, at, 15))
          .find((part) => part.type === "month")?.value;
        if (name && /\p{L}/u.test(name)) names.set(fold(name), at + 1);
      }
    }
  }
  return names;
}

function fold(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll(".", "");
}

function monthOf(word: string): number | null {
  const folded = fold(word);
  const exact = MONTHS.get(folded);
  if (exact) return exact;
  if (folded.length < 3) return null;
  for (const [name, month] of MONTHS) if (name.startsWith(folded)) return month;
  return null;
}

/** null when it is no date that the calendar has. */
export function readDate(text: string, order: DateOrder | null, thisYear: number): DateReading | null {
  const words = text.trim().match(/\p{L}[\p{L}\p{M}.]*|\d+/gu);
  if (words?.length !== 3 || /[^\p{L}\p{M}\d\s.,/-]/u.test(text)) {
    return readRunTogether(text, thisYear);
  }
  const named = words.findIndex((word) => /\p{L}/u.test(word));
  if (named >= 0) {
    const month = monthOf(words[named] ?? "");
    const [first, second] = words.filter((_, at) => at !== named);
    if (month === null || named === 2 || !first || !second) return null;
    // "2024 March 7" begins with the year; everything else ends with it.
    return first.length > 2
      ? one(calendar(Number(first), month, Number(second)))
      : one(calendar(fullYear(second, thisYear), month, Number(first)));
  }
  const [a = "", b = "", c = ""] = words;
  if (a.length > 2) return one(calendar(Number(a), Number(b), Number(c)));
  const year = fullYear(c, thisYear);
  const dayFirst = calendar(year, Number(b), Number(a));
  const monthFirst = calendar(year, Number(a), Number(b));
  if (dayFirst && monthFirst && dayFirst !== monthFirst) {
    if (order === null) return { either: [dayFirst, monthFirst] };
    return { date: order === "dayFirst" ? dayFirst : monthFirst };
  }
  return one(dayFirst ?? monthFirst);
}

/** "20240307" */
function readRunTogether(text: string, thisYear: number): DateReading | null {
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(text.trim());
  if (!parts) return null;
  const [, year = "", month = "", day = ""] = parts;
  return one(calendar(fullYear(year, thisYear), Number(month), Number(day)));
}

function one(date: string | null): DateReading | null {
  return date === null ? null : { date };
}

function fullYear(figures: string, thisYear: number): number {
  if (figures.length > 2) return Number(figures);
  const century = Math.floor((thisYear + YEARS_AHEAD) / 100) * 100;
  const year = century + Number(figures);
  return year > thisYear + YEARS_AHEAD ? year - 100 : year;
}

function calendar(year: number, month: number, day: number): string | null {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return null;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (day > days) return null;
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** "7 March 2024", as the locale writes it. */
export function echoDate(date: string, language = locale): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  const value = new Date(Date.UTC(2000, month - 1, day));
  value.setUTCFullYear(year);
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(value);
}

/** Which way round this locale writes dates; null where it begins with the year. */
export function localeOrder(language = locale): DateOrder | null {
  const parts = new Intl.DateTimeFormat(language)
    .formatToParts(new Date(2024, 2, 7))
    .map((part) => part.type);
  const [first] = parts.filter((part) => part === "day" || part === "month" || part === "year");
  if (first === "day") return "dayFirst";
  return first === "month" ? "monthFirst" : null;
}
