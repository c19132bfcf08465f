import { useState } from "react";
import { Button, SearchField, Segmented } from "../../components";
import { type PersonChoice, type RowId, usePersonChoices } from "../../host";
import { Count } from "./Count";
import { type FilterPart, useCountWith } from "./filterPart";
import styles from "./people.module.css";
import { personKey, usePeople } from "./store";

/** Everyone under a manager: direct reports, or the whole tree. */
export function UnderFilter(part: FilterPart) {
  const { connection, attribute, filter, set } = part;
  const [text, setText] = useState("");
  const name = usePeople((state) => state.name);
  const found = usePersonChoices(connection, text, 6);
  const under = filter?.test.is === "under" ? filter.test : null;
  const whole = under?.whole ?? false;
  return (
    <>
      <SearchField
        label={`Everyone under a ${attribute.label.toLowerCase()}`}
        value={text}
        onChange={setText}
      />
      {under && <HowFar {...part} manager={under.manager} whole={under.whole} />}
      {text.trim() !== "" && (
        <ul className={styles.choices}>
          {(found.data ?? []).map((choice) => (
            <Candidate
              key={choice.row}
              part={part}
              choice={choice}
              whole={whole}
              onPick={() => {
                name(personKey(choice.row), choice.name);
                set({ is: "under", manager: choice.row, whole });
                setText("");
              }}
            />
          ))}
          {found.data?.length === 0 && <li className={styles.none}>Nobody is called that.</li>}
        </ul>
      )}
    </>
  );
}

function HowFar({ manager, whole, ...part }: FilterPart & { manager: RowId; whole: boolean }) {
  const called = usePeople((state) => state.names[personKey(manager)]);
  const direct = useCountWith(part, { is: "under", manager, whole: false });
  const tree = useCountWith(part, { is: "under", manager, whole: true });
  return (
    <div className={styles.filterRow}>
      <span className={styles.underName}>{called ?? "…"}</span>
      <Segmented
        label="How far down"
        labelHidden
        value={whole ? "whole" : "direct"}
        onChange={(way) => part.set({ is: "under", manager, whole: way === "whole" })}
        choices={[
          {
            value: "direct",
            label: (
              <>
                Direct reports <Count people={direct} />
              </>
            ),
          },
          {
            value: "whole",
            label: (
              <>
                Whole tree <Count people={tree} />
              </>
            ),
          },
        ]}
      />
    </div>
  );
}

function Candidate({
  part,
  choice,
  whole,
  onPick,
}: {
  part: FilterPart;
  choice: PersonChoice;
  whole: boolean;
  onPick: () => void;
}) {
  const count = useCountWith(part, { is: "under", manager: choice.row, whole });
  return (
    <li className={styles.valueRow}>
      <Button variant="quiet" className={styles.candidate} onPress={onPick}>
        {choice.name}
      </Button>
      <Count people={count} />
    </li>
  );
}
