import { X } from "lucide-react";
import { Button as AriaButton, ToggleButton } from "react-aria-components";
import { Button, Chip, Tooltip } from "../../components";
import { counted, day, number } from "../../format";
import { asHostError, type Board, host, keys, put } from "../../host";
import { announce } from "../../state";
import styles from "./Reclaim.module.css";
import { useReclaim } from "./store";
import { beyond, pileOf } from "./threshold";
import { PILES } from "./words";

/** Whom the list shows, by the reason; and what all of this rests on. */
export function Piles({ board, days }: { board: Board; days: number }) {
  const { pile, filter, choose, narrow, ask } = useReclaim();
  const count = (one: (typeof PILES)[number]["pile"]) =>
    one === "seen_long_ago" ? beyond(board.histogram, days).people : pileOf(board, one).people;
  const sources = [
    counted(board.sources.length, "source"),
    ...(board.newest === null || days !== board.policy.days ? [] : [`newest ${day(board.newest)}`]),
  ].join(", ");
  return (
    <div className={styles.piles}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is sent with a form. */}
      <div className={styles.pileChips} role="group" aria-label="Reasons">
        {PILES.map((one) => (
          <Tooltip key={one.pile} text={one.what}>
            <ToggleButton
              className={styles.pile}
              isSelected={pile === one.pile}
              onChange={() => choose(one.pile)}
            >
              {one.name} <span className={styles.pileCount}>{number(count(one.pile))}</span>
            </ToggleButton>
          </Tooltip>
        ))}
        {filter !== null && <Chip label={filter.label} value={filter.value} onRemove={() => narrow(null)} />}
      </div>
      <PolicyDays board={board} days={days} />
      <AriaButton className={styles.basis} onPress={() => ask("evidence")}>
        {sources}
        {board.exempt > 0 && ` · ${number(board.exempt)} exempt`}
      </AriaButton>
    </div>
  );
}

/** Only while the threshold stands elsewhere than the policy. */
function PolicyDays({ board, days }: { board: Board; days: number }) {
  const { move, keepDays } = useKeptDays(board);
  if (days === board.policy.days) return null;
  return (
    <span className={styles.policyDays}>
      <Button variant="link" onPress={() => keepDays(days)}>
        {`Keep ${counted(days, "day")}`}
      </Button>
      <Tooltip text={`Back to ${counted(board.policy.days, "day")}`}>
        <AriaButton
          className={styles.back}
          aria-label={`Back to ${counted(board.policy.days, "day")}`}
          onPress={() => move(null)}
        >
          <X aria-hidden="true" />
        </AriaButton>
      </Tooltip>
    </span>
  );
}

function useKeptDays(board: Board) {
  const { move, tell } = useReclaim.getState();
  const keepDays = (days: number) => {
    host.keepDormancyPolicy(board.connection, { ...board.policy, days }).then(
      (next) => {
        put(keys.board(board.connection), next);
        move(null);
        announce(`From now on, ${counted(days, "day")} make somebody dormant`);
      },
      (thrown: unknown) => tell({ tone: "bad", text: asHostError(thrown).message, more: [] }),
    );
  };
  return { move, keepDays };
}
