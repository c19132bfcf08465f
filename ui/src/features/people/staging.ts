/** Edits into the draft, and what came of them in words. Nothing here reaches a service. */

import { leftOutWords, type Notice } from "../../directory/notices";
import { number, people } from "../../format";
import { asHostError, type ConnectionId, type Edit, host, type Selection, type Staged } from "../../host";
import { announce } from "../../state";
import { usePeople } from "./store";

/** "214 people, 198 change (3 of them cleared), 16 already so, 5 have nothing to copy" */
export function outcomeWords(staged: Staged): string {
  const parts = [
    people(staged.people),
    `${staged.changed === 1 ? "1 changes" : `${number(staged.changed)} change`}${cleared(staged)}`,
  ];
  if (staged.same > 0) parts.push(`${number(staged.same)} already so`);
  if (staged.nothing > 0)
    parts.push(`${number(staged.nothing)} ${staged.nothing === 1 ? "has" : "have"} nothing to copy`);
  if (staged.refusedTotal > 0) parts.push(`${number(staged.refusedTotal)} left out`);
  return parts.join(", ");
}

/** Nothing more to say where clearing is all that was asked for. */
function cleared({ changed, cleared }: Staged): string {
  return cleared > 0 && cleared < changed ? ` (${number(cleared)} of them cleared)` : "";
}

/** null when everything went in: the table itself shows that. */
export function refusalNotice(staged: Staged): Notice | null {
  if (staged.refusedTotal === 0) return null;
  return {
    tone: "bad",
    text:
      staged.changed > 0
        ? `${people(staged.changed)} staged, ${number(staged.refusedTotal)} left out`
        : "Nothing was staged",
    more: leftOutWords(staged),
  };
}

export function failureNotice(thrown: unknown): Notice {
  const error = asHostError(thrown);
  return { tone: "bad", text: error.message, more: [] };
}

/** Stages one edit for the chosen people; says what was left out. True when something was staged. */
export async function stageEdit(
  connection: ConnectionId,
  selection: Selection,
  edit: Edit,
): Promise<boolean> {
  const { tell } = usePeople.getState();
  try {
    const staged = await host.stage(connection, selection, edit, false);
    tell(refusalNotice(staged));
    announce(staged.changed > 0 ? `Staged for ${people(staged.changed)}` : "Nothing changes");
    return staged.changed > 0;
  } catch (thrown) {
    tell(failureNotice(thrown));
    return false;
  }
}
