/** Acts on the chosen people and on files. Nothing here reaches a service. */

import { leftOutWords } from "../../directory/notices";
import { counted, number, people } from "../../format";
import {
  type AskFirst,
  asHostError,
  type ConnectionId,
  type HostError,
  host,
  type PileFilter,
  type Selection,
} from "../../host";
import { announce } from "../../state";
import { type Refused, useReclaim } from "./store";

export function tellFailure(thrown: unknown): HostError {
  const error = asHostError(thrown);
  useReclaim.getState().tell({ tone: "bad", text: error.message, more: [] });
  return error;
}

/** Deactivates in the draft, by the connection's leaver policy; each keeps why. The draft's bar leads on to the review. */
export async function reclaimChosen(
  connection: ConnectionId,
  selection: Selection,
  pile: PileFilter,
): Promise<void> {
  const { tell } = useReclaim.getState();
  try {
    const staged = await host.stageReclaim(connection, selection, pile);
    announce(
      staged.changed > 0
        ? `${people(staged.changed)} added to the draft. Nothing has been sent.`
        : "Nothing changes",
    );
    if (staged.refusedTotal === 0) {
      tell(
        staged.changed === 0
          ? { tone: "plain", text: "All of them are in the draft already, or inactive.", more: [] }
          : null,
      );
      return;
    }
    tell({
      tone: "bad",
      text:
        staged.changed > 0
          ? `${people(staged.changed)} added to the draft, ${number(staged.refusedTotal)} left out`
          : "Nobody was added to the draft",
      more: leftOutWords(staged),
    });
  } catch (thrown) {
    tellFailure(thrown);
  }
}

const WRITTEN: Record<AskFirst, (people: string) => string> = {
  each_manager: (people) =>
    `Wrote ${people} into a file for each manager. Send each manager theirs; read the answers back here.`,
  managers: (people) => `Wrote ${people} into one list, by manager. Read the answers back here.`,
  mail_merge: (people) => `Wrote ${people} for a mail merge. Read the answers back here.`,
};

export async function askFirst(connection: ConnectionId, selection: Selection, ask: AskFirst): Promise<void> {
  try {
    const written = await host.askFirst(connection, selection, ask);
    if (written === null) return;
    useReclaim.getState().tell({
      tone: "plain",
      text: WRITTEN[ask](people(written)),
      more: [],
    });
  } catch (thrown) {
    tellFailure(thrown);
  }
}

export async function readAnswers(connection: ConnectionId): Promise<void> {
  try {
    const read = await host.readAnswers(connection);
    if (read === null) return;
    const parts = [`${people(read.kept)} kept`, `${number(read.agreed)} agreed`];
    if (read.open > 0) parts.push(`${number(read.open)} without an answer`);
    if (read.unmatched > 0) parts.push(`${number(read.unmatched)} not found`);
    if (read.ambiguous > 0) parts.push(`${number(read.ambiguous)} could be several people`);
    if (read.unreadable > 0) parts.push(`${counted(read.unreadable, "row")} could not be read`);
    useReclaim.getState().tell({
      tone: read.unmatched + read.ambiguous + read.unreadable > 0 ? "bad" : "plain",
      text: parts.join(", "),
      more: read.sentences,
    });
  } catch (thrown) {
    tellFailure(thrown);
  }
}

/**
 * Reads files: those dropped on the window, or those chosen in the system's dialog. They stay with the connection that
 * they were read for. What is dropped while files are read waits for them, in Rust.
 */
export async function readFiles(connection: ConnectionId, from: "dialog" | "drop"): Promise<void> {
  const { setFiles } = useReclaim.getState();
  const refuse = (more: Refused[]) =>
    setFiles(connection, ({ refused }) => ({ refused: [...refused, ...more] }));
  setFiles(connection, ({ underWay, refused }) => ({
    underWay: underWay + 1,
    refused: underWay === 0 ? [] : refused,
  }));
  try {
    const read = await (from === "drop" ? host.readDropped(connection) : host.chooseEvidence(connection));
    setFiles(connection, ({ imports }) => ({ imports: [...imports, ...read.imports] }));
    refuse(read.refused.map(({ fileName, error }) => ({ fileName, error: asHostError(error) })));
    if (read.imports.length > 0) announce(`${counted(read.imports.length, "file")} read`);
  } catch (thrown) {
    refuse([{ fileName: null, error: asHostError(thrown) }]);
  } finally {
    setFiles(connection, ({ underWay, progress }) => ({
      underWay: underWay - 1,
      progress: underWay > 1 ? progress : null,
    }));
  }
}
