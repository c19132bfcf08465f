/** What says something about the record and nothing about the person. */
const OF_THE_RECORD = new Set(["schemas", "meta"]);

/** A record's text read; what is no JSON stays text. */
export function readDetail(detail: string): unknown {
  try {
    return JSON.parse(detail);
  } catch {
    return detail;
  }
}

/** The values in a record, each with its name; an extension's own name (a URN) is left out. */
export function valuesOf(detail: unknown, name = ""): [string, string][] {
  if (Array.isArray(detail)) {
    return detail.flatMap((one) => valuesOf(one, name));
  }
  if (typeof detail === "object" && detail !== null) {
    return Object.entries(detail)
      .filter(([member]) => name !== "" || !OF_THE_RECORD.has(member))
      .flatMap(([member, value]) => {
        const inside = member.startsWith("urn:") ? "" : member;
        return valuesOf(value, name === "" || inside === "" ? name + inside : `${name}.${inside}`);
      });
  }
  return detail === null || detail === "" ? [] : [[name, String(detail)]];
}
