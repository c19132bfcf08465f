import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Checkbox, classes, SearchField, Segmented, Skeleton } from "../../components";
import { readable } from "../../directory/values";
import { type ConnectionId, type Filter, host, keys, type ViewQuery } from "../../host";
import { Count } from "./Count";
import type { FilterPart } from "./filterPart";
import styles from "./people.module.css";
import { usePeople, valueKey } from "./store";

/** Values with how many people have each; a click narrows to it, Alt-click leaves it out. */
export function ValuesFilter({ connection, attribute, rest, filter, onChange, set }: FilterPart) {
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
  // Kept here too: before any value is ticked there is no test to say it.
  const [out, setOut] = useState(test?.is === "none_of");
  const chosen =
    test?.is === "any_of" || test?.is === "none_of" ? test.values : test?.is === "empty" ? [null] : [];
  const put = (values: (string | null)[], leaveOut: boolean) => {
    setOut(leaveOut);
    if (values.length > 0) set({ is: leaveOut ? "none_of" : "any_of", values });
    else if (chosen.length > 0) onChange(null);
  };
  // Told by the press, as the change that comes of it knows no keys.
  const withAlt = useRef(false);
  const values = facet.data?.values ?? [];
  const total = facet.data?.people ?? 0;
  return (
    <>
      <div className={styles.filterRow}>
        <Segmented
          label="Keep or leave out"
          labelHidden
          value={out ? "none" : "any"}
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
            const others = chosen.filter((value) => value !== one.value);
            return (
              <li key={one.value ?? "\u0000"} className={styles.valueRow}>
                <Checkbox
                  className={classes(styles.valueBox, styles.counted)}
                  isSelected={chosen.includes(one.value)}
                  onPressStart={(event) => {
                    withAlt.current = event.altKey;
                  }}
                  onChange={(on) => {
                    if (one.value !== null && one.shown) name(valueKey(attribute.id, one.value), one.shown);
                    if (withAlt.current) put([...(out ? others : []), one.value], true);
                    else put(on ? [...others, one.value] : others, out);
                  }}
                >
                  <span className={styles.value} data-unset={one.value === null ? "" : undefined}>
                    {words}
                  </span>
                  <Count people={one.people} of={total} />
                </Checkbox>
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
