import { useState } from "react";
import { Segmented, TextField } from "../../components";
import { echoDate, localeOrder, readDate } from "../../editors";
import { date } from "../../format";
import type { Attribute } from "../../host";
import { Count } from "./Count";
import { type FilterPart, useCountWith } from "./filterPart";
import styles from "./people.module.css";

/** From and to, both inclusive, either open. Dates are typed any way round. */
export function RangeFilter(part: FilterPart) {
  const { attribute, filter, onChange, set } = part;
  const test = filter?.test;
  const range = test?.is === "between" ? test : { from: null, to: null };
  const put = (from: string | null, to: string | null) =>
    from === null && to === null ? onChange(null) : set({ is: "between", from, to });
  const filled = useCountWith(part, { is: "filled" });
  const empty = useCountWith(part, { is: "empty" });
  return (
    <div className={styles.range}>
      <div className={styles.edges}>
        <Edge label="From" attribute={attribute} value={range.from} onValue={(from) => put(from, range.to)} />
        <Edge label="Up to" attribute={attribute} value={range.to} onValue={(to) => put(range.from, to)} />
      </div>
      <Segmented
        label="Set or not"
        labelHidden
        value={test?.is === "empty" ? "empty" : test?.is === "filled" ? "filled" : "any"}
        onChange={(way) => (way === "any" ? onChange(null) : set({ is: way }))}
        choices={[
          { value: "any", label: "Either" },
          {
            value: "filled",
            label: (
              <>
                Set <Count people={filled} />
              </>
            ),
          },
          {
            value: "empty",
            label: (
              <>
                Not set <Count people={empty} />
              </>
            ),
          },
        ]}
      />
    </div>
  );
}

function Edge({
  label,
  attribute,
  value,
  onValue,
}: {
  label: string;
  attribute: Attribute;
  value: string | null;
  onValue: (value: string | null) => void;
}) {
  const isDate = attribute.kind === "date";
  const [text, setText] = useState(value === null ? "" : isDate ? echoDate(value) : value);
  const [told, setTold] = useState(value);
  // Taken away from elsewhere: by a choice of values, say.
  if (value !== told) {
    setTold(value);
    if (value === null) setText("");
  }
  const thisYear = new Date().getFullYear();
  const read = (typed: string): string | null => {
    if (!isDate) return /^-?\d+$/.test(typed.trim()) ? typed.trim() : null;
    const reading = readDate(typed, localeOrder(), thisYear);
    return reading && "date" in reading ? reading.date : null;
  };
  const reading = isDate ? readDate(text, localeOrder(), thisYear) : null;
  const now = read(text);
  return (
    <TextField
      label={label}
      placeholder={isDate ? date("2023-04-01") : "10"}
      value={text}
      onChange={(typed) => {
        setText(typed);
        const next = typed.trim() === "" ? null : read(typed);
        if (next !== null || typed.trim() === "") {
          setTold(next);
          onValue(next);
        }
      }}
      description={isDate && now !== null ? echoDate(now) : undefined}
      error={text.trim() === "" || now !== null ? null : whyNot(isDate, reading !== null)}
    />
  );
}

function whyNot(isDate: boolean, twoWays: boolean): string {
  if (twoWays) return "Reads both ways; write the month as a word";
  return isDate ? "Not a date yet" : "A whole number";
}
