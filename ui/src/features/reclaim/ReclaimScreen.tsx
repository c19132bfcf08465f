import { FilePlus2, SlidersHorizontal } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import {
  Button,
  CommandButton,
  EmptyState,
  ErrorState,
  Figure,
  Figures,
  Segmented,
  Skeleton,
} from "../../components";
import { freedSeats, SeatsReport } from "../../directory/SeatsReport";
import { date, money, number } from "../../format";
import {
  asHostError,
  type Board,
  type ConnectionId,
  type Directory,
  onNews,
  useBoard,
  useDirectory,
  useRuns,
} from "../../host";
import { useWindow } from "../../state";
import { readFiles, tellFailure } from "./acts";
import { DormantTable } from "./DormantTable";
import { EvidenceDialog } from "./EvidenceDialog";
import { Groups } from "./Groups";
import { Histogram } from "./Histogram";
import { Piles } from "./Piles";
import { PolicyDialog } from "./PolicyDialog";
import styles from "./Reclaim.module.css";
import { useReclaim } from "./store";
import { Trend } from "./Trend";
import { beyond, pileOf } from "./threshold";

/** Who holds a seat and shows no sign of being there: the evidence, the threshold, the list, the act. */
export function ReclaimScreen() {
  const connection = useWindow((state) => state.connection);
  return connection === null ? null : <Reclaim key={connection} connection={connection} />;
}

function Reclaim({ connection }: { connection: ConnectionId }) {
  const started = useReclaim((state) => state.connection) === connection;
  const asked = useReclaim((state) => state.asked);
  const { start, ask } = useReclaim.getState();
  const over = useFiles(connection);
  const board = useBoard(connection);
  const outdated = board.data?.outdated;
  useEffect(() => {
    if (outdated !== undefined) start(connection, outdated);
  }, [start, connection, outdated]);
  const directory = useDirectory(connection);
  const broken = board.error ?? directory.error;
  if (broken) {
    return (
      <ErrorState
        title="Reclaim could not be opened"
        error={asHostError(broken)}
        onRetry={() => {
          void board.refetch();
          void directory.refetch();
        }}
      />
    );
  }
  if (!started || !board.data || !directory.data) {
    return (
      <div className={styles.loading}>
        <Skeleton rows={12} label="Weighing the evidence" />
      </div>
    );
  }
  return (
    <>
      {board.data.sources.length === 0 ? (
        <NoEvidence board={board.data} over={over} />
      ) : (
        <Whole board={board.data} directory={directory.data} />
      )}
      {asked === "evidence" && (
        <EvidenceDialog connection={connection} over={over} onClose={() => ask(null)} />
      )}
      {asked === "policy" && <PolicyDialog board={board.data} onClose={() => ask(null)} />}
    </>
  );
}

/** Files held over the window, and dropped on it: dropping is adding evidence. */
function useFiles(connection: ConnectionId): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const stops = [
      onNews("filesOver", (news) => setOver(news.over)),
      onNews("filesDropped", () => {
        setOver(false);
        useReclaim.getState().ask("evidence");
        void readFiles(connection, "drop");
      }),
      onNews("importProgress", (progress) => {
        useReclaim
          .getState()
          .setFiles(progress.connection, ({ underWay }) => (underWay > 0 ? { progress } : {}));
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [connection]);
  return over;
}

function NoEvidence({ board, over }: { board: Board; over: boolean }) {
  return (
    <div className={styles.empty} data-over={over || undefined}>
      <h1 className="visually-hidden">Reclaim</h1>
      <EmptyState
        icon={<FilePlus2 aria-hidden="true" />}
        title="No evidence yet"
        action={
          <>
            <CommandButton variant="primary" command="reclaim.evidence" />
            <CommandButton variant="quiet" command="reclaim.policy" />
          </>
        }
      >
        <p>
          The directory knows who has a seat, and not who uses it. Evidence does: sign-in exports from Entra,
          Okta or Google, audit and usage exports from Peakon, records from HR. Drop the files here, or choose
          them.
        </p>
        <p className={styles.emptyMore}>
          No sign-in does not prove that somebody is away: surveys are answered by mailed link too. So those
          never seen and those nobody has evidence on are kept apart, and nothing is deactivated before you
          have reviewed it.
        </p>
        {board.seatsInUse > 0 && (
          <p className={styles.emptyMore}>
            {number(board.seatsInUse)} seats are in use, by estimate
            {board.seatsPaid === null ? "." : `, of ${number(board.seatsPaid)} paid.`}
          </p>
        )}
      </EmptyState>
    </div>
  );
}

function Whole({ board, directory }: { board: Board; directory: Directory }) {
  const above = useReclaim((state) => state.above);
  const days = useReclaim((state) => state.days) ?? board.policy.days;
  const { look, move } = useReclaim.getState();
  return (
    <div className={styles.screen}>
      <header className={styles.top}>
        <div className={styles.head}>
          <h1 className={styles.title}>Reclaim</h1>
          <Segmented
            label="Above the list"
            labelHidden
            value={above}
            onChange={look}
            choices={[
              { value: "days", label: "Days" },
              { value: "groups", label: "Groups" },
              { value: "months", label: "Months" },
            ]}
          />
          <Report connection={board.connection} />
          <CommandButton variant="quiet" icon={<FilePlus2 aria-hidden="true" />} command="reclaim.evidence" />
          <CommandButton
            variant="quiet"
            icon={<SlidersHorizontal aria-hidden="true" />}
            command="reclaim.policy"
          />
        </div>
        <div className={styles.headNumbers}>
          <Head board={board} days={days} />
        </div>
        <div className={styles.above}>
          {above === "days" && <Histogram board={board} days={days} onMove={move} />}
          {above === "groups" && <Groups board={board} days={days} />}
          {above === "months" && <Trend board={board} />}
        </div>
        <Piles board={board} days={days} />
        {board.note !== null && <p className={styles.note}>{board.note}</p>}
      </header>
      <DormantTable board={board} directory={directory} days={days} />
    </div>
  );
}

/** Of every pile that speaks for a seat being unused, with the threshold where it stands. */
function reclaimable(board: Board, beyond: number): number {
  return board.reclaimable - pileOf(board, "seen_long_ago").seats + beyond;
}

/** What the threshold means in people, money and seats. */
function Head({ board, days }: { board: Board; days: number }) {
  const { policy } = board;
  const ask = useReclaim((state) => state.ask);
  const { people, seats } = useMemo(() => beyond(board.histogram, days), [board.histogram, days]);
  return (
    <div aria-live="off">
      <Figures large>
        <Figure value={number(people)} caption="dormant people" />
        {policy.seatPrice === null ? (
          <Figure
            value="–"
            caption={
              <Button variant="link" onPress={() => ask("policy")}>
                Set the price of a seat
              </Button>
            }
          />
        ) : (
          <Figure value={money(seats * policy.seatPrice, policy.currency)} caption="a year" />
        )}
        <Figure value={number(reclaimable(board, seats))} caption="reclaimable, all piles" />
        <Figure value={number(board.seatsInUse)} caption="seats in use (estimate)" />
        <Figure value={number(Math.max(0, board.seatsInUse - seats))} caption="in use after (estimate)" />
        {policy.seatsPaid !== null && (
          <Figure
            value={number(policy.seatsPaid)}
            caption={
              policy.contractEnd === null ? "seats paid" : `seats paid until ${date(policy.contractEnd)}`
            }
          />
        )}
      </Figures>
    </div>
  );
}

/** The last run that freed seats, once there is one. */
function Report({ connection }: { connection: ConnectionId }) {
  const runs = useRuns(connection).data ?? [];
  const last = runs.find(freedSeats);
  return last === undefined ? null : <SeatsReport run={last} variant="quiet" onFailure={tellFailure} />;
}
