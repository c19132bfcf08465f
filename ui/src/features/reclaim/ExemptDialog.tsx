import { useState } from "react";
import { Segmented } from "../../components";
import { ExemptTerms, exemptMatching } from "../../directory/ExemptTerms";
import { number, people } from "../../format";
import { NO_TICKS } from "../../grid/selection";
import { type ConnectionId, host, keys, type Selection, write } from "../../host";
import { announce } from "../../state";
import { type Group, useReclaim } from "./store";

/** Takes people out of the piles for a reason, until a day or for good. */
export function ExemptDialog({
  connection,
  selection,
  count,
  onClose,
}: {
  connection: ConnectionId;
  selection: Selection;
  count: number;
  onClose: () => void;
}) {
  const group = useReclaim((state) => state.filter);
  const [whom, setWhom] = useState<"selected" | "group">("selected");
  return (
    <ExemptTerms
      title={`Exempt ${people(count)}`}
      wide={group !== null}
      onClose={onClose}
      onExempt={async (reason, until) => {
        if (whom === "group" && group !== null) {
          await exemptGroup(connection, group, reason, until);
          return;
        }
        await write(() => host.exempt(connection, selection, reason, until), [keys.board(connection)]);
        useReclaim.getState().setTicks(NO_TICKS);
        announce(`${people(count)} exempt`);
      }}
    >
      {group !== null && (
        <Segmented
          label="Whom"
          value={whom}
          onChange={setWhom}
          choices={[
            { value: "selected", label: `The ${number(count)} selected` },
            { value: "group", label: `All whose ${group.label} ${group.value}, now and later` },
          ]}
        />
      )}
    </ExemptTerms>
  );
}

/** Takes a whole group out, those who come later with it. */
export function ExemptGroup({
  connection,
  group,
  people: count,
  onClose,
}: {
  connection: ConnectionId;
  group: Group;
  /** Who are in it now. */
  people: number;
  onClose: () => void;
}) {
  return (
    <ExemptTerms
      title={`Exempt all whose ${group.label} ${group.value}`}
      wide
      onClose={onClose}
      onExempt={(reason, until) => exemptGroup(connection, group, reason, until)}
    >
      <p>{people(count)} now, and whoever joins them later.</p>
    </ExemptTerms>
  );
}

async function exemptGroup(connection: ConnectionId, group: Group, reason: string, until: string | null) {
  await exemptMatching(connection, { search: "", filters: [group.filter] }, reason, until);
  useReclaim.getState().setTicks(NO_TICKS);
}
