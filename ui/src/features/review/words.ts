export interface Part {
  /** Where it begins in the text. */
  at: number;
  text: string;
  strong: boolean;
}

/** A sentence in parts, its numbers of people apart: they are what a plan is judged by. */
export function emphasis(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const found of text.matchAll(/\d[\d.,’\u00a0\u202f]*\s(?:people|person)\b/g)) {
    if (found.index > at) {
      parts.push({ at, text: text.slice(at, found.index), strong: false });
    }
    parts.push({ at: found.index, text: found[0], strong: true });
    at = found.index + found[0].length;
  }
  if (at < text.length) {
    parts.push({ at, text: text.slice(at), strong: false });
  }
  return parts;
}

/** A brake's message in its parts: what is, why, and how to go on. */
export function brakeWords(message: string): { lead: string; why: string; how: string } {
  const [lead = "", why = "", ...how] = message.split(/(?<=\.)\s+(?=\p{Lu})/u);
  return { lead, why, how: how.join(" ") };
}

/** A body to read: JSON indented, anything else as it is. */
export function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
