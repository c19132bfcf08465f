/** A pasted block: into the draft where nothing has to be asked, else to the dialog that asks. */

import type { ViewSession } from "../../directory/session";
import { counted, number } from "../../format";
import type { TextBlock } from "../../grid/clipboard";
import { type Block, blockRows, pasteTarget } from "../../grid/selection";
import { type Attribute, type ConnectionId, host } from "../../host";
import { announce } from "../../state";
import { type Laid, layAll, MOST_PASTED } from "./blocks";
import { failureNotice, refusalNotice } from "./staging";
import { usePeople } from "./store";

/** The table that is pasted into. */
export interface PastedInto {
  connection: ConnectionId;
  session: ViewSession;
  columns: readonly Attribute[];
  /** The rows in sight; `end` is one past the last. */
  inSight: { first: number; end: number };
}

/** Pastes at the block that has the cursor; one value alone goes into all that are chosen. */
export async function paste(
  texts: TextBlock,
  chosen: Block,
  all: readonly Block[],
  { connection, session, columns, inSight }: PastedInto,
): Promise<void> {
  const { tell, ask } = usePeople.getState();
  const one = texts.length === 1 && texts[0]?.length === 1;
  if (all.length > 1 && !one) {
    tell({
      tone: "bad",
      text: "A block goes into one place at a time. Choose one block of cells, or copy one value for all of them.",
      more: [],
    });
    return;
  }
  const into = one ? all : [chosen];
  const targets = into.map((target) => pasteTarget(target, texts.length, texts[0]?.length ?? 1).block);
  const rows = targets.reduce((sum, block) => sum + blockRows(block), 0);
  if (rows > MOST_PASTED) {
    tell({
      tone: "bad",
      text: `${number(rows)} rows are more than a paste takes (${number(MOST_PASTED)}), so nothing was staged. Bring them in as a file instead.`,
      more: [],
    });
    return;
  }
  const allSeen = targets.every(
    (block) =>
      block.top >= inSight.first &&
      block.bottom < Math.min(inSight.end, session.total()) &&
      block.right < columns.length,
  );
  try {
    const laid = await layAll(texts, into, columns, session);
    if (!allSeen || !(await stagedAtOnce(connection, laid))) ask({ ask: "paste", texts, into, laid });
  } catch (thrown) {
    tell(failureNotice(thrown));
  }
}

/** Stages what can be staged as it stands; false, and nothing is staged, where something has to be asked or said first. */
async function stagedAtOnce(connection: ConnectionId, { cells, fixed }: Laid): Promise<boolean> {
  if (cells.length === 0 || fixed.length > 0) return false;
  const look = await host.stagePasted(connection, cells, null, true);
  if (look.refusedTotal > 0) return false;
  usePeople.getState().tell(refusalNotice(await host.stagePasted(connection, cells, null, false)));
  announce(`Pasted ${counted(cells.length, "cell")}`);
  return true;
}
