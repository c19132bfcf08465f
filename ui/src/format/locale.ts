/** The language of the system; where that is none ("C", as on servers), Intl would refuse to work at all. */
export const locale: string = usable(typeof navigator === "undefined" ? "" : navigator.language);

export function usable(tag: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag)[0] ?? "en-GB";
  } catch {
    return "en-GB";
  }
}
