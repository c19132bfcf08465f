import { TextField } from "../../components";
import { people } from "../../format";
import { type FilterPart, useCountWith } from "./filterPart";

/** Text anywhere in the value. */
export function ContainsFilter(part: FilterPart) {
  const { attribute, filter, onChange, set } = part;
  const text = filter?.test.is === "contains" ? filter.test.text : "";
  const count = useCountWith(part, text === "" ? null : { is: "contains", text });
  return (
    <TextField
      label={`${attribute.label} contains`}
      labelHidden
      placeholder="Contains…"
      value={text}
      onChange={(typed) => (typed === "" ? onChange(null) : set({ is: "contains", text: typed }))}
      description={text === "" || count === undefined ? undefined : people(count)}
    />
  );
}
