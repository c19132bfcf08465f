export interface Pasted {
  url: string | null;
  token: string | null;
}

const URL_PATTERN = /https?:\/\/[^\s"'<>,;|]+/i;
/** What a token is made of: RFC 6750's b64token, and what services put in theirs besides. */
const TOKEN = /^[A-Za-z0-9._~+/:=|-]+$/;
const SHORTEST_TOKEN = 16;

/** A token as it stands alone: without "Bearer", "Authorization:" and quotes around it. */
export function bareToken(text: string): string {
  return text
    .trim()
    .replace(/^["'`]+|["'`,;]+$/g, "")
    .replace(/^authorization\s*:\s*/i, "")
    .replace(/^bearer\s+/i, "")
    .trim();
}

/**
 * Takes apart what was copied in one piece: an address and a token with whatever words stand around them. What is not there is
 * null; a token alone is not guessed at, since it may be anything.
 */
export function splitPaste(text: string): Pasted {
  const found = URL_PATTERN.exec(text);
  if (found === null) {
    return { url: null, token: null };
  }
  const url = found[0].replace(/[).\]}]+$/, "");
  const rest = `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`;
  const words = rest
    .split(/[\s"'`<>,;{}]+/)
    // "token:abc…" and "token=abc…" without a space between.
    .map((word) => word.replace(/^[A-Za-z_-]{2,20}[:=](?=.{16,})/, ""))
    .filter((word) => word.length >= SHORTEST_TOKEN && TOKEN.test(word) && !/^https?:/i.test(word));
  const longest = words.reduce<string | null>(
    (best, word) => (best === null || word.length > best.length ? word : best),
    null,
  );
  return { url, token: longest };
}
