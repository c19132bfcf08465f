/** Reclaim's numbers and names in words. */

import { locale, number } from "../../format";
import type { Meaning, Pile, RowState, SourceKind } from "../../host";

export const PILES: { pile: Pile; name: string; what: string }[] = [
  {
    pile: "left_still_active",
    name: "Left, still active",
    what: "HR says they left, and they still have a seat. The strongest case.",
  },
  {
    pile: "seen_long_ago",
    name: "Seen long ago",
    what: "Seen once, and not for longer than the threshold.",
  },
  {
    pile: "never_seen",
    name: "Never seen",
    what: "Listed by a source, without any activity since they were hired. Those who answer by mailed link look the same.",
  },
  {
    pile: "no_evidence",
    name: "No evidence",
    what: "No source knows them. That says nothing about whether they are here, so nobody is selected for you.",
  },
  {
    pile: "duplicates",
    name: "Duplicates",
    what: "The same person has another record, which stays.",
  },
];

/** Piles in which everyone is selected to begin with: the evidence speaks against them. */
export const PRESELECTED: ReadonlySet<Pile> = new Set<Pile>(["left_still_active", "seen_long_ago"]);

export const KINDS: Record<SourceKind, string> = {
  entra_sign_ins: "Entra sign-ins",
  okta_sign_ins: "Okta sign-ins",
  google_sign_ins: "Google sign-ins",
  peakon_audit: "Peakon audit log",
  peakon_usage: "Peakon usage",
  survey_participation: "Survey participation by team",
  hris: "HR records",
  other: "Other activity",
};

/** Why a row counts for nobody. */
export const ROW_STATES: readonly RowState[] = ["unmatched", "ambiguous", "unreadable"];

export const MEANINGS: Record<Meaning, string> = {
  email: "E-mail",
  employee_number: "Employee number",
  user_name: "User name",
  scim_id: "Peakon id",
  any_person: "E-mail, number or name to sign in",
  date_seen: "Date last seen",
  outcome: "Whether the sign-in worked",
  hris_status: "Status of employment",
  last_day: "Last day of work, or first of leave",
  segment: "Team or segment",
  count: "Count",
  ignored: "Not used",
};

/** True for three letters that money is counted in. */
export function isCurrency(code: string): boolean {
  if (!/^[A-Za-z]{3}$/.test(code)) return false;
  try {
    const known = Intl.supportedValuesOf("currency");
    return known.includes(code.toUpperCase());
  } catch {
    return true;
  }
}

/** "1.2 MB" */
export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  let amount = bytes;
  let at = 0;
  while (amount >= 1000 && at < units.length - 1) {
    amount /= 1000;
    at += 1;
  }
  const shown = amount.toLocaleString(locale, { maximumFractionDigits: at < 2 || amount >= 100 ? 0 : 1 });
  return `${shown} ${units[at]}`;
}

/** "3 days old", "from today" */
export function age(days: number): string {
  if (days <= 0) return "from today";
  return days === 1 ? "1 day old" : `${number(days)} days old`;
}

/** A number as it may be typed, with separators; null when it is none. */
export function typedAmount(text: string): number | null {
  const plain = text.replace(/[\s,’'\u00a0\u202f]/g, "");
  if (!/^\d{1,9}(\.\d{1,2})?$/.test(plain)) return null;
  return Number(plain);
}
