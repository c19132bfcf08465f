/** What came of an act on people, in words. */

import { people } from "../format";
import type { Refusal, Staged } from "../host";

export interface Notice {
  tone: "plain" | "bad";
  text: string;
  /** Sentences, one to a line. */
  more: string[];
}

const MOST_LISTED = 4;

/** Why of protected people is said of them by name already. */
export function refusalWords({ code, name, message }: Refusal): string {
  const sentence = /[.?]$/.test(message) ? message : `${message}.`;
  return code === "protected" ? sentence : `${name}: ${sentence}`;
}

/** Who was left out and why: the first few, and how many more. */
export function leftOutWords({ refused, refusedTotal }: Staged): string[] {
  const words = refused.slice(0, MOST_LISTED).map(refusalWords);
  const rest = refusedTotal - words.length;
  return rest > 0 ? [...words, `and ${people(rest)} more`] : words;
}
