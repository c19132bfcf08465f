import { RefreshCw, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, CommandButton, PopoverButton, Progress } from "../../components";
import { synced } from "../../directory/synced";
import { duration, exactly, number, people } from "../../format";
import { useConnection } from "../../host";
import { cancelSync, useSync, useWindow } from "../../state";
import styles from "./Sync.module.css";
import { found, howFar, pace } from "./sentences";

/** So that "2 min ago" grows old. */
function useNow(everyMilliseconds: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMilliseconds);
    return () => clearInterval(timer);
  }, [everyMilliseconds]);
  return now;
}

/** How true the mirror is, at the right of the top bar; opens to what the last sync found. */
export function SyncStatus() {
  const id = useWindow((state) => state.connection);
  const go = useWindow((state) => state.go);
  const connection = useConnection(id);
  const syncing = useSync((state) => (id === null ? undefined : state.running.get(id)));
  const failed = useSync((state) => (id === null ? undefined : state.failed.get(id)));
  const now = useNow(30_000);
  if (id === null || connection === null) {
    return null;
  }
  const outcome = connection.lastSync;
  const trouble = failed !== undefined || !connection.tokenReady || outcome?.complete === false;
  const words = syncing
    ? syncing.progress === null
      ? "Syncing"
      : syncing.progress.expected === null
        ? `Syncing, ${number(syncing.progress.people)}`
        : `Syncing ${number(syncing.progress.people)} of ${number(syncing.progress.expected)}`
    : failed !== undefined
      ? "Not synced"
      : synced(connection, now);
  return (
    <PopoverButton
      label="Sync"
      placement="bottom end"
      className={styles.popover}
      button={
        <Button
          variant="quiet"
          className={styles.status}
          icon={
            trouble && syncing === undefined ? (
              <TriangleAlert aria-hidden="true" className={styles.trouble} />
            ) : (
              <RefreshCw aria-hidden="true" className={syncing ? styles.turning : undefined} />
            )
          }
        >
          {words}
        </Button>
      }
    >
      {(close) => (
        <>
          {syncing !== undefined ? (
            <>
              <p className={styles.strong}>
                {syncing.progress === null ? "Asking for the first page" : howFar(syncing.progress)}
              </p>
              <p className={styles.text}>{syncing.progress === null ? "" : pace(syncing.progress)}</p>
              <Progress
                label="Sync"
                value={syncing.progress?.expected == null ? null : syncing.progress.people}
                max={syncing.progress?.expected ?? 1}
                className={styles.bar}
              />
            </>
          ) : failed !== undefined ? (
            <>
              <p className={styles.strong}>The last sync did not finish</p>
              <p className={styles.text} data-selectable>
                {failed.message}
              </p>
            </>
          ) : (
            <>
              <p
                className={styles.strong}
                title={connection.syncedAt === null ? undefined : exactly(connection.syncedAt)}
              >
                {synced(connection, now)}
              </p>
              {outcome !== null && (
                <p className={styles.text}>
                  {people(outcome.people)} in {duration(outcome.seconds)}; {found(outcome)}.
                </p>
              )}
            </>
          )}
          {syncing === undefined &&
            outcome?.warnings.map((warning) => (
              <p key={warning} className={styles.warning} data-selectable>
                {warning}
              </p>
            ))}
          {!connection.tokenReady && (
            <p className={styles.warning}>The token is not there any more. Give it again to sync.</p>
          )}
          <div className={styles.actions}>
            {syncing !== undefined ? (
              <Button onPress={() => cancelSync(id)} isDisabled={syncing.cancelling}>
                {syncing.cancelling ? "Stopping" : "Cancel"}
              </Button>
            ) : !connection.tokenReady || failed?.code === "token" ? (
              <Button
                onPress={() => {
                  close();
                  go("connection");
                }}
              >
                Give the token again
              </Button>
            ) : (
              <CommandButton command="sync" withKeys />
            )}
          </div>
        </>
      )}
    </PopoverButton>
  );
}
