/** A whole number typed or pasted, written one way; null when it is none. The engine's `read_number` reads the same. */
export function readNumber(text: string): string | null {
  const [, sign = "", digits = ""] = /^([-\u2212+]?)(.*)$/su.exec(text.trim()) ?? [];
  const [first = "", ...rest] = digits.split(/[,. \u00A0\u202F'’]/);
  // Grouping signs stand between groups of three.
  const sound = rest.length === 0 || (/^.{1,3}$/.test(first) && rest.every((group) => group.length === 3));
  const joined = first + rest.join("");
  if (!sound || !/^\d+$/.test(joined)) return null;
  const significant = joined.replace(/^0+/, "");
  if (significant === "") return "0";
  return sign === "" || sign === "+" ? significant : `-${significant}`;
}
