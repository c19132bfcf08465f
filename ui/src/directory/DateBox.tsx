import { useState } from "react";
import { TextField } from "../components";
import { echoDate, localeOrder, readDate } from "../editors/dates";

/** What is typed as a date, and as what it reads; null while it is none. */
export function readTyped(text: string): string | null {
  const read = readDate(text, localeOrder(), new Date().getFullYear());
  if (read === null) return null;
  return "date" in read ? read.date : read.either[0];
}

/** A date typed any way round, echoed; empty is none. */
export function DateBox({
  label,
  value,
  onChange,
  empty,
  autoFocus,
  className,
}: {
  label: string;
  value: string | null;
  /** Undefined where what is typed is no date. */
  onChange: (value: string | null | undefined) => void;
  /** What having none means. */
  empty: string;
  autoFocus?: boolean;
  className?: string;
}) {
  const [text, setText] = useState(value === null ? "" : echoDate(value));
  const read = text.trim() === "" ? null : (readTyped(text) ?? undefined);
  return (
    <TextField
      label={label}
      value={text}
      autoFocus={autoFocus}
      className={className}
      placeholder="31 Jan 2027"
      onChange={(next) => {
        setText(next);
        onChange(next.trim() === "" ? null : (readTyped(next) ?? undefined));
      }}
      error={read === undefined ? "This is not a date. Write it like 31 Jan 2027." : null}
      description={read === undefined ? undefined : read === null ? empty : echoDate(read)}
    />
  );
}
