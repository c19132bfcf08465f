import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useCallback, useState } from "react";
import {
  Button,
  Checkbox,
  Line,
  LineActs,
  LineText,
  LineWaiting,
  type State,
  StateGlyph,
  VirtualList,
} from "../../components";
import { host, type ItemState, keys, type Run, type RunItem } from "../../host";
import { announce, useWindow } from "../../state";
import { takeBack } from "./acts";
import styles from "./Runs.module.css";
import { isFinished } from "./sentences";

const PAGE = 100;

const STATES: Record<ItemState, { word: string; glyph: State }> = {
  waiting: { word: "Waiting", glyph: "working" },
  sending: { word: "Sending", glyph: "working" },
  sent: { word: "Sent, being read back", glyph: "working" },
  done: { word: "Done", glyph: "done" },
  same: { word: "Already so", glyph: "same" },
  held: { word: "Held", glyph: "held" },
  failed: { word: "Failed", glyph: "failed" },
  unknown: { word: "Being read again", glyph: "staged" },
  cancelled: { word: "Not sent", glyph: "same" },
};

function useRunPage(run: Run, state: ItemState | null, page: number) {
  return useQuery({
    queryKey: [...keys.runPages(run.id), state, page],
    queryFn: () => host.runPage(run.id, state, page * PAGE, PAGE),
    placeholderData: (before) => before,
  });
}

/** Items picked out to be taken back. */
export interface Choice {
  chosen: ReadonlySet<number>;
  toggle: (position: number) => void;
}

/** The items of a run, all or those that ended one way. */
export function RunItems({
  run,
  state,
  choice,
}: {
  run: Run;
  state: ItemState | null;
  /** Null while there is nothing to choose for. */
  choice: Choice | null;
}) {
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const first = useRunPage(run, state, 0);
  const keyOf = useCallback((index: number) => `${state ?? "all"} ${index}`, [state]);
  const total = first.data?.total ?? 0;
  if (first.isError) {
    return (
      <p className={styles.none} role="alert">
        {first.error.message}
      </p>
    );
  }
  if (first.data !== undefined && total === 0) {
    return <p className={styles.none}>None.</p>;
  }
  return (
    <div className={styles.scroll} ref={setScroller}>
      <VirtualList
        label="Items"
        count={total}
        estimate={30}
        scroller={scroller}
        keyOf={keyOf}
        render={(index) => <ItemRow run={run} state={state} index={index} choice={choice} />}
      />
    </div>
  );
}

function ItemRow({
  run,
  state,
  index,
  choice,
}: {
  run: Run;
  state: ItemState | null;
  index: number;
  choice: Choice | null;
}) {
  const page = Math.floor(index / PAGE);
  const item = useRunPage(run, state, page).data?.items[index - page * PAGE];
  const [open, setOpen] = useState(false);
  if (item === undefined) {
    return <LineWaiting />;
  }
  const look = STATES[item.state];
  return (
    <Line
      open={open}
      onToggle={() => setOpen((now) => !now)}
      before={
        choice !== null && (
          <span className={styles.choose}>
            {item.state === "done" && (
              <Checkbox
                aria-label={`Choose ${item.name}`}
                isSelected={choice.chosen.has(item.position)}
                onChange={() => choice.toggle(item.position)}
              />
            )}
          </span>
        )
      }
      lead={<StateGlyph state={look.glyph} />}
      why={item.why}
      tail={look.word}
      inside={<Inside run={run} item={item} />}
    >
      {item.sentence}
    </Line>
  );
}

function Inside({ run, item }: { run: Run; item: RunItem }) {
  const [problem, setProblem] = useState<string | null>(null);
  const exchange = [item.request, item.reply].filter((part) => part !== null).join("\n\n");
  return (
    <>
      {item.request !== null && (
        <figure className={styles.exchange}>
          <figcaption>Request</figcaption>
          <LineText>{item.request}</LineText>
        </figure>
      )}
      {item.reply !== null && (
        <figure className={styles.exchange}>
          <figcaption>Reply</figcaption>
          <LineText>{item.reply}</LineText>
        </figure>
      )}
      {item.request === null && item.reply === null && (
        <p className={styles.lead}>Nothing has gone over the wire yet.</p>
      )}
      <LineActs>
        {exchange !== "" && (
          <Button
            size="s"
            variant="quiet"
            icon={<Copy aria-hidden="true" />}
            onPress={() => void navigator.clipboard.writeText(exchange).then(() => announce("Copied"))}
          >
            Copy
          </Button>
        )}
        <Button size="s" variant="quiet" onPress={() => useWindow.getState().openPerson(item.row)}>
          Open {item.name}
        </Button>
        {isFinished(run) && run.canTakeBack && item.state === "done" && (
          <Button
            size="s"
            variant="quiet"
            onPress={() =>
              void takeBack(run.id, [item.position]).then((error) => setProblem(error?.message ?? null))
            }
          >
            Take this one back
          </Button>
        )}
      </LineActs>
      {problem !== null && <p role="alert">{problem}</p>}
    </>
  );
}
