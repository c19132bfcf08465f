import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button, Checkbox, IconButton, SearchField, Segmented, Skeleton, TextField } from "../../components";
import { readable } from "../../directory/values";
import { echoDate, readDate } from "../../editors";
import { number, percent } from "../../format";
import {
  type Attribute,
  type ConnectionId,
  type Filter,
  host,
  keys,
  type Test,
  usePersonChoices,
  type ViewQuery,
} from "../../host";
import styles from "./people.module.css";
import { personKey, usePeople, valueKey } from "./store";

export interface FilterPanelProps {
  connection: ConnectionId;
  attributes: readonly Attribute[];
  /** The query without this filter: what the counts are of. */
  rest: ViewQuery;
  /** The one to change; null for a new one. */
  filter: Filter | null;
  attribute: Attribute | null;
  /** null takes it away. */
  onChange: (filter: Filter | null) => void;
  onClose: () => void;
}

/** One filter: first which attribute, then what of it. What is chosen holds at once. */
export function FilterPanel(props: FilterPanelProps) {
  const [attribute, setAttribute] = useState(props.attribute);
  if (attribute === null) {
    return <AttributeList {...props} onPick={setAttribute} />;
  }
  return (
    <div className={styles.filter}>
      <div className={styles.filterHead}>
        {props.filter === null && props.attribute === null && (
          <IconButton
            label="Other attributes"
            size="s"
            icon={<ArrowLeft aria-hidden="true" />}
            onPress={() => setAttribute(null)}
          />
        )}
        <h2 className={styles.filterTitle}>{attribute.label}</h2>
      </div>
      <AttributeFilter key={attribute.id} {...props} attribute={attribute} />
    </div>
  );
}

function AttributeList({
  attributes,
  onPick,
  onChange,
  onClose,
}: FilterPanelProps & { onPick: (attribute: Attribute) => void }) {
  const [text, setText] = useState("");
  const found = attributes.filter((one) => one.label.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <div className={styles.filter}>
      <FirstFocus>
        <SearchField label="Which attribute" value={text} onChange={setText} />
      </FirstFocus>
      <ul className={styles.choices}>
        {text === "" && (
          <li>
            <Button
              variant="quiet"
              className={styles.choice}
              onPress={() => {
                onChange({ attribute: 0, test: { is: "staged" } });
                onClose();
              }}
            >
              Has staged changes
            </Button>
          </li>
        )}
        {found.map((one) => (
          <li key={one.id}>
            <Button variant="quiet" className={styles.choice} onPress={() => onPick(one)}>
              {one.label}
            </Button>
          </li>
        ))}
        {found.length === 0 && <li className={styles.none}>No attribute is called that.</li>}
      </ul>
    </div>
  );
}

/** The field to type into has the keyboard as soon as it is there. */
export function FirstFocus({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("input")?.focus(), []);
  return <div ref={box}>{children}</div>;
}

type PartProps = FilterPanelProps & { attribute: Attribute };

function AttributeFilter(props: PartProps) {
  const { attribute, filter, onChange } = props;
  const set = (test: Test) => onChange({ attribute: attribute.id, test });
  switch (attribute.kind) {
    case "date":
    case "number":
      return <RangeFilter {...props} set={set} />;
    case "employee":
      return (
        <>
          <UnderFilter {...props} set={set} />
          <ValuesFilter {...props} set={set} />
        </>
      );
    case "text":
      return (
        <>
          <TextField
            label={`${attribute.label} contains`}
            labelHidden
            placeholder="Contains…"
            autoFocus
            value={filter?.test.is === "contains" ? filter.test.text : ""}
            onChange={(text) => (text === "" ? onChange(null) : set({ is: "contains", text }))}
          />
          <ValuesFilter {...props} set={set} />
        </>
      );
    case "option":
    case "boolean":
      return <ValuesFilter {...props} set={set} />;
  }
}

/** Values with how many people have each; a click narrows to it, Alt-click leaves it out. */
function ValuesFilter({
  connection,
  attribute,
  rest,
  filter,
  onChange,
  set,
}: PartProps & { set: (test: Test) => void }) {
  const [text, setText] = useState("");
  const name = usePeople((state) => state.name);
  const view = useRestView(connection, rest);
  const facet = useQuery({
    queryKey: [...keys.facets(connection), "filter", view, attribute.id, text],
    queryFn: () => host.facet(view ?? 0, attribute.id, text, 200),
    enabled: view !== null,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const test = filter?.test;
  const none = test?.is === "none_of";
  const chosen =
    test?.is === "any_of" || test?.is === "none_of" ? test.values : test?.is === "empty" ? [null] : [];
  const put = (values: (string | null)[], out: boolean) =>
    values.length === 0 ? onChange(null) : set({ is: out ? "none_of" : "any_of", values });
  const values = facet.data?.values ?? [];
  const total = facet.data?.people ?? 0;
  return (
    <>
      <div className={styles.filterRow}>
        <Segmented
          label="Keep or leave out"
          labelHidden
          value={none ? "none" : "any"}
          onChange={(way) => put(chosen, way === "none")}
          choices={[
            { value: "any", label: "Is any of" },
            { value: "none", label: "Is none of" },
          ]}
        />
      </div>
      {(facet.data?.distinct ?? 0) > 8 || text !== "" ? (
        <SearchField label={`Search ${attribute.label}`} value={text} onChange={setText} />
      ) : null}
      {facet.data === undefined ? (
        <Skeleton rows={5} />
      ) : (
        <ul className={styles.choices} aria-label={attribute.label}>
          {values.map((one) => {
            const words = one.value === null ? "Not set" : readable(attribute.kind, one.value, one.shown);
            const on = chosen.includes(one.value);
            return (
              <li key={one.value ?? "\u0000"} className={styles.valueRow}>
                <Checkbox
                  className={styles.valueBox}
                  isSelected={on}
                  onChange={(next) => {
                    if (one.value !== null && one.shown) name(valueKey(attribute.id, one.value), one.shown);
                    put(next ? [...chosen, one.value] : chosen.filter((value) => value !== one.value), none);
                  }}
                >
                  <span
                    className={one.value === null ? styles.notSet : undefined}
                    onClickCapture={(event) => {
                      if (event.altKey) {
                        event.preventDefault();
                        event.stopPropagation();
                        put([...(none ? chosen : []), one.value], true);
                      }
                    }}
                  >
                    {words}
                  </span>
                </Checkbox>
                <span className={styles.share}>
                  {number(one.people)}
                  <span className={styles.percent}>
                    {total > 0 ? percent((one.people * 100) / total) : ""}
                  </span>
                </span>
              </li>
            );
          })}
          {values.length === 0 && <li className={styles.none}>No value matches.</li>}
          {values.length === 200 && (
            <li className={styles.none}>The 200 most frequent; search for others.</li>
          )}
        </ul>
      )}
    </>
  );
}

function useRestView(connection: ConnectionId, rest: ViewQuery): number | null {
  const [view, setView] = useState<number | null>(null);
  const told = JSON.stringify([rest.search, rest.filters]);
  useEffect(() => {
    let open: number | null = null;
    let gone = false;
    const [search, filters] = JSON.parse(told) as [string, Filter[]];
    void host.openView(connection, { search, filters, sort: [], pile: null }).then(
      (opened) => {
        if (gone) void host.closeView(opened.id).catch(() => undefined);
        else {
          open = opened.id;
          setView(opened.id);
        }
      },
      // Without counts the filter still works.
      () => undefined,
    );
    return () => {
      gone = true;
      if (open !== null) void host.closeView(open).catch(() => undefined);
    };
  }, [connection, told]);
  return view;
}

/** From and to, both inclusive, either open. Dates are typed any way round. */
function RangeFilter({ attribute, filter, onChange, set }: PartProps & { set: (test: Test) => void }) {
  const test = filter?.test;
  const range = test?.is === "between" ? test : { from: null, to: null };
  const put = (from: string | null, to: string | null) =>
    from === null && to === null ? onChange(null) : set({ is: "between", from, to });
  return (
    <div className={styles.range}>
      <Edge label="From" attribute={attribute} value={range.from} onValue={(from) => put(from, range.to)} />
      <Edge label="Up to" attribute={attribute} value={range.to} onValue={(to) => put(range.from, to)} />
      <Segmented
        label="Set or not"
        labelHidden
        value={test?.is === "empty" ? "empty" : test?.is === "filled" ? "filled" : "any"}
        onChange={(way) => (way === "any" ? onChange(null) : set({ is: way }))}
        choices={[
          { value: "any", label: "Either" },
          { value: "filled", label: "Is set" },
          { value: "empty", label: "Is not set" },
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
  const read = (typed: string): string | null => {
    if (!isDate) return /^-?\d+$/.test(typed.trim()) ? typed.trim() : null;
    const reading = readDate(typed, "dayFirst", new Date().getFullYear());
    return reading && "date" in reading ? reading.date : null;
  };
  const now = read(text);
  return (
    <TextField
      label={label}
      placeholder={isDate ? "1 Apr 2023" : "10"}
      value={text}
      onChange={(typed) => {
        setText(typed);
        const next = typed.trim() === "" ? null : read(typed);
        if (next !== null || typed.trim() === "") onValue(next);
      }}
      description={isDate && now !== null ? echoDate(now) : undefined}
      error={text.trim() !== "" && now === null ? (isDate ? "Not a date yet" : "A whole number") : null}
    />
  );
}

/** Everyone under a manager: direct reports, or the whole tree. */
function UnderFilter({ connection, attribute, filter, set }: PartProps & { set: (test: Test) => void }) {
  const [text, setText] = useState("");
  const names = usePeople((state) => state.names);
  const name = usePeople((state) => state.name);
  const found = usePersonChoices(connection, text, 6);
  const under = filter?.test.is === "under" ? filter.test : null;
  return (
    <>
      <SearchField
        label={`Everyone under a ${attribute.label.toLowerCase()}`}
        value={text}
        onChange={setText}
      />
      {under && (
        <div className={styles.filterRow}>
          <span className={styles.underName}>{names[personKey(under.manager)] ?? "…"}</span>
          <Segmented
            label="How far down"
            labelHidden
            value={under.whole ? "whole" : "direct"}
            onChange={(way) => set({ is: "under", manager: under.manager, whole: way === "whole" })}
            choices={[
              { value: "direct", label: "Direct reports" },
              { value: "whole", label: "Whole tree" },
            ]}
          />
        </div>
      )}
      {text.trim() !== "" && (
        <ul className={styles.choices}>
          {(found.data ?? []).map((choice) => (
            <li key={choice.row}>
              <Button
                variant="quiet"
                className={styles.choice}
                onPress={() => {
                  name(personKey(choice.row), choice.name);
                  set({ is: "under", manager: choice.row, whole: under?.whole ?? false });
                  setText("");
                }}
              >
                {choice.name}
              </Button>
            </li>
          ))}
          {found.data?.length === 0 && <li className={styles.none}>Nobody is called that.</li>}
        </ul>
      )}
    </>
  );
}
