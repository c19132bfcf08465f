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

/** How the months begin in the languages that the engine reads too (`values/date.rs`), without accents. */
const MONTHS: readonly (readonly string[])[] = [
  ["jan", "ene", "gen", "sty", "янв"],
  ["feb", "fev", "lut", "фев"],
  ["mar", "mrz", "maa", "мар"],
  ["apr", "avr", "abr", "kwi", "апр"],
  ["may", "mai", "mag", "mei", "maj", "мая", "маи"],
  ["jun", "juin", "giu", "cze", "июн"],
  ["jul", "juil", "lug", "lip", "июл"],
  ["aug", "aou", "ago", "sie", "авг"],
  ["sep", "set", "wrz", "сен"],
  ["oct", "okt", "out", "ott", "paz", "окт"],
  ["nov", "lis", "ноя"],
  ["dec", "dez", "dic", "gru", "дек"],
];

/** The locale's own besides: what the page wrote must be readable once it is changed in part. */
const WRITTEN_HERE = monthNames();

function monthNames(): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const month of ["long", "short"] as const) {
    const format = new Intl.DateTimeFormat(locale, { month, day: "numeric" });
    for (let at = 0; at < 12; at += 1) {
      const name = format.formatToParts(new Date(2024, at, 15)).find((part) => part.type === "month")?.value;
      if (name && /\p{L}/u.test(name)) names.set(fold(name), at + 1);
    }
  }
  return names;
}

function fold(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll(".", "");
}

function monthOf(word: string): number | null {
  const folded = fold(word);
  if (folded.length < 3) return null;
  const at = MONTHS.findIndex((names) => names.some((name) => folded.startsWith(name)));
  return at >= 0 ? at + 1 : (WRITTEN_HERE.get(folded) ?? null);
}

/** null when it is no date that the calendar has. A paste reads the same: `readings.json` has the cases of both. */
export function readDate(text: string, order: DateOrder | null, thisYear: number): DateReading | null {
  const day = withoutTime(text.trim());
  const together = /^(\d{4})(\d{2})(\d{2})$/.exec(day);
  if (together) return one(calendar(together[1], together[2], together[3], thisYear));
  const words = day
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "" && word !== "de" && word !== "of")
    .map((word) => word.replace(/^(\d+)(st|nd|rd|th)$/, "$1"));
  if (words.length !== 3) return null;
  const [first = "", second = "", third = ""] = words;
  const inside = monthOf(second);
  if (inside !== null) {
    const [year, number] = first.length === 4 ? [first, third] : [third, first];
    return one(calendar(year, String(inside), number, thisYear));
  }
  const ahead = monthOf(first);
  if (ahead !== null) return one(calendar(third, String(ahead), second, thisYear));
  if (first.length === 4) return one(calendar(first, second, third, thisYear));
  const dayFirst = calendar(third, second, first, thisYear);
  const monthFirst = calendar(third, first, second, thisYear);
  if (!dayFirst || !monthFirst || dayFirst === monthFirst) return one(dayFirst ?? monthFirst);
  // Where a dot stands between the parts, the day comes first.
  const way = order ?? (day.includes(".") ? "dayFirst" : null);
  if (way === null) return { either: [dayFirst, monthFirst] };
  return { date: way === "dayFirst" ? dayFirst : monthFirst };
}

/** These attributes are days. */
function withoutTime(text: string): string {
  const at = text.search(/[T ]/);
  return at >= 0 && text.includes(":", at) ? text.slice(0, at) : text;
}

function one(date: string | null): DateReading | null {
  return date === null ? null : { date };
}

function fullYear(figures: string, thisYear: number): number {
  if (figures.length > 2) return Number(figures);
  const year = Math.floor(thisYear / 100) * 100 + Number(figures);
  return year > thisYear + YEARS_AHEAD ? year - 100 : year;
}

function calendar(
  years: string | undefined,
  months: string | undefined,
  days: string | undefined,
  thisYear: number,
): string | null {
  if (!/^(\d{4}|\d{2})$/.test(years ?? "")) return null;
  if (![months, days].every((part) => /^\d{1,2}$/.test(part ?? ""))) return null;
  const [year, month, day] = [fullYear(years ?? "", thisYear), Number(months), Number(days)];
  if (month < 1 || month > 12 || day < 1) return null;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (day > last) return null;
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
