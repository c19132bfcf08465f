import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Dialog, Segmented } from "../../components";
import type { ViewSession } from "../../directory/session";
import { counted, number, people } from "../../format";
import type { TextBlock } from "../../grid/clipboard";
import { type Block, blockColumns, blockRows, pasteTarget } from "../../grid/selection";
import {
  type Attribute,
  asHostError,
  type ConnectionId,
  type DateOrder,
  host,
  type ViewId,
} from "../../host";
import { layBlock, MOST_PASTED, rowsOf } from "./blocks";
import styles from "./people.module.css";
import { failureNotice, outcomeWords, refusalNotice, refusalWords } from "./staging";
import { usePeople } from "./store";

interface BlockDialogProps {
  connection: ConnectionId;
  view: ViewId;
  session: ViewSession;
  columns: readonly Attribute[];
  total: number;
  onClose: () => void;
}

const MOST_LISTED = 6;

/** What a paste would do, before it does it. */
export function PasteDialog({
  connection,
  session,
  columns,
  total,
  texts,
  chosen,
  onClose,
}: BlockDialogProps & { texts: TextBlock; chosen: Block }) {
  const [order, setOrder] = useState<DateOrder | null>(null);
  const [working, setWorking] = useState(false);
  const { block } = pasteTarget(chosen, texts.length, texts[0]?.length ?? 1);
  const tooMany = blockRows(block) > MOST_PASTED;
  const look = useQuery({
    queryKey: ["of", connection, "paste", block, texts, order],
    queryFn: async () => {
      const rows = await session.cache.fetch(block.top, Math.min(block.bottom + 1, total));
      const laid = layBlock(texts, chosen, columns, rows);
      const over = blockRows(block) - rows.length;
      const staged =
        laid.cells.length > 0 ? await host.stagePasted(connection, laid.cells, order, true) : null;
      return { laid: { ...laid, linesOver: Math.max(laid.linesOver, over) }, staged };
    },
    enabled: !tooMany,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const laid = look.data?.laid;
  const staged = look.data?.staged ?? null;
  const twoWays = order !== null || staged?.refused.some((one) => one.code === "ambiguous_date") === true;
  const names = columns.slice(block.left, block.right + 1).map((one) => one.label);
  return (
    <Dialog
      title={`Paste ${counted(blockRows(block), "row")} into ${blockColumns(block) === 1 ? (names[0] ?? "1 column") : counted(names.length, "column")}`}
      isOpen
      width="m"
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onPress={onClose}>
            Cancel
          </Button>
          <Button
            variant="primary"
            isDisabled={!laid || !staged || staged.changed === 0 || working}
            onPress={async () => {
              if (!laid) return;
              setWorking(true);
              try {
                usePeople
                  .getState()
                  .tell(refusalNotice(await host.stagePasted(connection, laid.cells, order, false)));
              } catch (thrown) {
                usePeople.getState().tell(failureNotice(thrown));
              }
              onClose();
            }}
          >
            {staged && staged.changed > 0 ? `Stage for ${people(staged.changed)}` : "Stage"}
          </Button>
        </>
      }
    >
      <div className={styles.bulk}>
        {tooMany && (
          <p className={styles.explain}>
            {number(blockRows(block))} rows are more than a paste takes ({number(MOST_PASTED)}). Nothing was
            staged.
          </p>
        )}
        {look.isError && <p className={styles.explain}>{asHostError(look.error).message}</p>}
        {laid && (
          <p className={styles.outcome} aria-live="polite">
            {staged ? outcomeWords(staged) : "Nothing in it changes anybody."}
          </p>
        )}
        {twoWays && (
          <Segmented
            label="Some dates read both ways. In this block, 07/03/2024 is"
            value={order ?? "none"}
            onChange={(next) => setOrder(next === "none" ? null : next)}
            choices={[
              { value: "day_first", label: "7 March" },
              { value: "month_first", label: "July 3" },
              { value: "none", label: "Leave those out" },
            ]}
          />
        )}
        <ul className={styles.refusals}>
          {laid && laid.linesOver > 0 && (
            <li>
              {counted(laid.linesOver, "line")} of the block reach past the last person and are left out.
            </li>
          )}
          {laid && laid.columnsOver > 0 && (
            <li>
              {counted(laid.columnsOver, "column")} of the block reach past the last column and are left out.
            </li>
          )}
          {laid && laid.fixed.length > 0 && (
            <li>{laid.fixed.join(", ")} can’t be edited and stays as it is.</li>
          )}
          {staged?.refused.slice(0, MOST_LISTED).map((one) => (
            <li key={`${one.row} ${one.message}`}>{refusalWords(one)}</li>
          ))}
          {staged && staged.refusedTotal > MOST_LISTED && (
            <li>and {number(staged.refusedTotal - Math.min(MOST_LISTED, staged.refused.length))} more</li>
          )}
        </ul>
        <p className={styles.explain}>Empty cells of the block leave values as they are.</p>
      </div>
    </Dialog>
  );
}

/** Delete says what clearing means before it stages it. */
export function ClearDialog({
  connection,
  view,
  session,
  columns,
  block,
  onClose,
}: BlockDialogProps & { block: Block }) {
  const about = columns.slice(block.left, block.right + 1);
  const clearable = about.filter((one) => one.writable && !one.required);
  const kept = about.filter((one) => !one.writable || one.required);
  const count = blockRows(block);
  const rows = Array.from({ length: Math.min(count, 500) }, (_, at) => session.cache.row(block.top + at));
  const staged = rows.flatMap((row) =>
    row
      ? about.filter((one) => row.raw[one.id]?.staged).map((one) => ({ row: row.id, attribute: one.id }))
      : [],
  );
  const first = rows[0];
  const who = count === 1 ? (first?.label ?? "1 person") : people(count);
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
      for (const attribute of clearable) {
        const outcome = await host.stage(
          connection,
          rowsOf(block, view),
          { do: "clear", attribute: attribute.id },
          false,
        );
        usePeople.getState().tell(refusalNotice(outcome));
      }
    });
  const takeBack = () =>
    act(async () => {
      for (const cell of staged) await host.unstageCell(connection, cell.row, cell.attribute);
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
