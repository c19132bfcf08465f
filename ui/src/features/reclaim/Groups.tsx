import { ShieldCheck } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Button } from "react-aria-components";
import { ErrorState, IconButton, Segmented, Skeleton } from "../../components";
import { counted, money, number, percent } from "../../format";
import { asHostError, type Board, type BoardGroup, useBoardGroups } from "../../host";
import { ExemptGroup } from "./ExemptDialog";
import styles from "./Reclaim.module.css";
import { type Group, useReclaim } from "./store";
import { PILES } from "./words";

/** Where the people of the list below are, and what they cost there. A press narrows the list. */
export function Groups({ board, days }: { board: Board; days: number }) {
  const pile = useReclaim((state) => state.pile);
  const threshold = useDeferredValue(pile === "seen_long_ago" ? days : null);
  const groups = useBoardGroups(board.connection, { pile, days: threshold });
  const [chosen, setChosen] = useState(0);
  if (groups.isError && !groups.data) {
    return (
      <ErrorState
        title="The groups could not be counted"
        error={asHostError(groups.error)}
        onRetry={() => void groups.refetch()}
      />
    );
  }
  if (!groups.data) {
    return <Skeleton rows={5} label="Counting the groups" />;
  }
  const group = groups.data[chosen] ?? groups.data[0];
  if (!group) {
    return <p className={styles.quiet}>No department, location or country is known of these people.</p>;
  }
  return (
    <div className={styles.groups}>
      {groups.data.length > 1 && (
        <Segmented
          label="Group by"
          labelHidden
          value={String(groups.data.indexOf(group))}
          onChange={(at) => setChosen(Number(at))}
          choices={groups.data.map((one, at) => ({ value: String(at), label: one.label }))}
        />
      )}
      <Table board={board} group={group} />
    </div>
  );
}

function Table({ board, group }: { board: Board; group: BoardGroup }) {
  const filter = useReclaim((state) => state.filter);
  const pile = useReclaim((state) => state.pile);
  const [exempting, setExempting] = useState<{ group: Group; people: number } | null>(null);
  const name = PILES.find((one) => one.pile === pile)?.name ?? "";
  const most = Math.max(1, ...group.values.map((row) => row.found));
  const { currency } = board.policy;
  const { others } = group;
  const priced = board.policy.seatPrice !== null;
  const of = (value: string | null): Group => ({
    filter: { attribute: group.attribute, test: { is: "any_of", values: [value] } },
    label: `${group.label} is`,
    value: value ?? "not set",
  });
  const isHere = (value: string | null) =>
    filter?.filter.attribute === group.attribute && filter.value === of(value).value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <section className={styles.groupScroll} aria-label={`${name} by ${group.label}`} tabIndex={0}>
      <table className={styles.groupTable}>
        <thead>
          <tr>
            <th scope="col">{group.label}</th>
            <th scope="col" className={styles.figure}>
              {name}
            </th>
            <th scope="col" className={styles.barHead}>
              <span className="visually-hidden">Share of the group</span>
            </th>
            <th scope="col" className={styles.figure}>
              People
            </th>
            <th scope="col" className={styles.figure}>
              Seats
            </th>
            {priced && (
              <th scope="col" className={styles.figure}>
                A year
              </th>
            )}
            <th scope="col" className={styles.groupAct}>
              <span className="visually-hidden">Exempt</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {group.values.map((row) => {
            const words = row.value ?? "not set";
            const here = isHere(row.value);
            return (
              <tr key={words} data-here={here || undefined}>
                <th scope="row">
                  <Button
                    className={styles.groupName}
                    aria-pressed={here}
                    onPress={() => useReclaim.getState().narrow(here ? null : of(row.value))}
                  >
                    {words}
                  </Button>
                </th>
                <td className={styles.figure}>{number(row.found)}</td>
                <td>
                  <span className={styles.share}>
                    <span className={styles.shareBar} style={{ width: `${(row.found / most) * 72}px` }} />
                    <span className={styles.shareWords}>
                      {row.people > 0 ? percent((row.found * 100) / row.people) : ""}
                    </span>
                  </span>
                </td>
                <td className={styles.figure}>{number(row.people)}</td>
                <td className={styles.figure}>{number(row.seats)}</td>
                {priced && (
                  <td className={styles.figure}>{row.money === null ? "" : money(row.money, currency)}</td>
                )}
                <td className={styles.groupAct}>
                  <IconButton
                    size="s"
                    label={`Exempt everybody whose ${group.label} is ${words}`}
                    icon={<ShieldCheck aria-hidden="true" />}
                    onPress={() => setExempting({ group: of(row.value), people: row.people })}
                  />
                </td>
              </tr>
            );
          })}
          {others !== null && (
            <tr>
              <th scope="row">{counted(others.values, "other")}</th>
              <td className={styles.figure}>{number(others.found)}</td>
              <td />
              <td className={styles.figure}>{number(others.people)}</td>
              <td className={styles.figure}>{number(others.seats)}</td>
              {priced && (
                <td className={styles.figure}>
                  {others.money === null ? "" : money(others.money, currency)}
                </td>
              )}
              <td />
            </tr>
          )}
        </tbody>
      </table>
      {exempting !== null && (
        <ExemptGroup
          connection={board.connection}
          group={exempting.group}
          people={exempting.people}
          onClose={() => setExempting(null)}
        />
      )}
    </section>
  );
}
