import { useState } from "react";
import { Button } from "react-aria-components";
import { Segmented } from "../../components";
import { number, percent } from "../../format";
import type { Board, BoardGroup } from "../../host";
import styles from "./Reclaim.module.css";
import { useReclaim } from "./store";
import { money } from "./words";

/** Where dormant people are, and what they cost there. A press narrows the list below. */
export function Groups({ board }: { board: Board }) {
  const [chosen, setChosen] = useState(0);
  const group = board.groups[chosen] ?? board.groups[0];
  if (!group) {
    return <p className={styles.quiet}>No department, location or country is known of these people.</p>;
  }
  return (
    <div className={styles.groups}>
      {board.groups.length > 1 && (
        <Segmented
          label="Group by"
          labelHidden
          value={String(board.groups.indexOf(group))}
          onChange={(at) => setChosen(Number(at))}
          choices={board.groups.map((one, at) => ({ value: String(at), label: one.label }))}
        />
      )}
      <Table board={board} group={group} />
    </div>
  );
}

function Table({ board, group }: { board: Board; group: BoardGroup }) {
  const filter = useReclaim((state) => state.filter);
  const rows = [...group.values].sort((a, b) => b.dormant - a.dormant || b.people - a.people);
  const most = Math.max(1, ...rows.map((row) => row.dormant));
  const { currency } = board.policy;
  const priced = board.policy.seatPrice !== null;
  const narrow = (value: string | null) => {
    const { filter: now, narrow: set } = useReclaim.getState();
    const words = value ?? "not set";
    const same = now?.filter.attribute === group.attribute && now.value === words;
    set(
      same
        ? null
        : {
            filter: { attribute: group.attribute, test: { is: "any_of", values: [value] } },
            label: `${group.label} is`,
            value: words,
          },
    );
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <section className={styles.groupScroll} aria-label={`Dormant people by ${group.label}`} tabIndex={0}>
      <table className={styles.groupTable}>
        <thead>
          <tr>
            <th scope="col">{group.label}</th>
            <th scope="col" className={styles.figure}>
              Dormant
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
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const words = row.value ?? "not set";
            const here = filter?.filter.attribute === group.attribute && filter.value === words;
            return (
              <tr key={words} data-here={here || undefined}>
                <th scope="row">
                  <Button className={styles.groupName} aria-pressed={here} onPress={() => narrow(row.value)}>
                    {words}
                  </Button>
                </th>
                <td className={styles.figure}>{number(row.dormant)}</td>
                <td>
                  <span className={styles.share}>
                    <span className={styles.shareBar} style={{ width: `${(row.dormant / most) * 72}px` }} />
                    <span className={styles.shareWords}>
                      {row.people > 0 ? percent((row.dormant * 100) / row.people) : ""}
                    </span>
                  </span>
                </td>
                <td className={styles.figure}>{number(row.people)}</td>
                <td className={styles.figure}>{number(row.seats)}</td>
                {priced && (
                  <td className={styles.figure}>{row.money === null ? "" : money(row.money, currency)}</td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
