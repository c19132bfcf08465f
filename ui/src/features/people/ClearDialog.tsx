import { useState } from "react";
import { Button, Dialog } from "../../components";
import type { ViewSession } from "../../directory/session";
import { counted, number, people } from "../../format";
import { type Block, countRows, mergeRows } from "../../grid/selection";
import { type Attribute, type ChosenEdit, type ConnectionId, host, type StagedCell } from "../../host";
import { clearEdits } from "./blocks";
import styles from "./people.module.css";
import { failureNotice, refusalNotice } from "./staging";
import { usePeople } from "./store";

/** Beyond so many rows of a block, changes that wait are not looked for. */
const MOST_LOOKED_AT = 500;

/** Delete says what clearing means before it stages it. */
export function ClearDialog({
  connection,
  session,
  columns,
  blocks,
  onClose,
}: {
  connection: ConnectionId;
  session: ViewSession;
  columns: readonly Attribute[];
  blocks: readonly Block[];
  onClose: () => void;
}) {
  // Once: while the question stands other people may come to stand in these rows, and they are not who it is about.
  const [{ clearable, kept, clearing, staged, who }] = useState(() => lookAt(blocks, columns, session));
  const what = clearable.length === 1 ? (clearable[0]?.label ?? "") : counted(clearable.length, "attribute");
  const act = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (thrown) {
      usePeople.getState().tell(failureNotice(thrown));
    }
    onClose();
  };
  const clear = () =>
    act(async () => {
      const outcome = await host.stageAll(connection, clearing, false);
      usePeople.getState().tell(refusalNotice(outcome));
    });
  const takeBack = () =>
    act(async () => {
      await host.unstageCells(connection, staged);
    });
  return (
    <Dialog
      title={clearable.length > 0 ? `Clear ${what} for ${who}?` : "This can’t be cleared"}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onPress={onClose}>
            Cancel
          </Button>
          {staged.length > 0 && (
            <Button variant="secondary" autoFocus onPress={takeBack}>
              {staged.length === 1 ? "Take back the change" : `Take back ${number(staged.length)} changes`}
            </Button>
          )}
          {clearable.length > 0 && (
            <Button variant="primary" autoFocus={staged.length === 0} onPress={clear}>
              Stage the clearing
            </Button>
          )}
        </>
      }
    >
      <div className={styles.bulk}>
        {clearable.length > 0 && (
          <p className={styles.explain}>
            Clearing empties the value in the service, once you review and send it.
            {clearable.some((one) => one.kind === "option")
              ? " People without a value are in no segment of it."
              : ""}
            {clearable.some((one) => one.kind === "employee")
              ? " People without a manager drop out of the reporting line."
              : ""}
          </p>
        )}
        {staged.length > 0 && (
          <p className={styles.explain}>
            {counted(staged.length, "change")} staged here; taking back brings the value in the service again.
          </p>
        )}
        {kept.length > 0 && (
          <p className={styles.explain}>
            {kept.map((one) => one.label).join(", ")} {kept.length === 1 ? "is" : "are"} always needed or not
            editable, and stays as it is.
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** Whom and what it is about. */
interface About {
  clearable: Attribute[];
  kept: Attribute[];
  clearing: ChosenEdit[];
  staged: StagedCell[];
  who: string;
}

function lookAt(blocks: readonly Block[], columns: readonly Attribute[], session: ViewSession): About {
  const of = (block: Block) => columns.slice(block.left, block.right + 1);
  const about = columns.filter((one) => blocks.some((block) => of(block).includes(one)));
  const clearable = about.filter((one) => one.writable && !one.required);
  const count = countRows(mergeRows(blocks));
  const first = session.cache.current(blocks[0]?.top ?? 0);
  return {
    clearable,
    kept: about.filter((one) => !clearable.includes(one)),
    clearing: clearEdits(blocks, columns, clearable, session),
    staged: blocks.flatMap((block) =>
      rowsIn(block).flatMap((at): StagedCell[] => {
        const row = session.cache.current(at);
        return row
          ? of(block).flatMap((one) => (row.raw[one.id]?.staged ? [{ row: row.id, attribute: one.id }] : []))
          : [];
      }),
    ),
    who: count === 1 ? (first?.label ?? "1 person") : people(count),
  };
}

function rowsIn({ top, bottom }: Block): number[] {
  return Array.from({ length: Math.min(bottom - top + 1, MOST_LOOKED_AT) }, (_, at) => top + at);
}
