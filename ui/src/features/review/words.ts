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

/** The first sentence of a message, which stands out, and the rest: "Nothing has been sent." */
export function leadOf(message: string): { lead: string; rest: string } {
  const end = message.indexOf(". ");
  return end === -1
    ? { lead: message, rest: "" }
    : { lead: message.slice(0, end + 1), rest: message.slice(end + 2) };
}
