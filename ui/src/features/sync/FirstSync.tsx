import { Button, CommandButton, ErrorState, Progress, Skeleton } from "../../components";
import { number, people } from "../../format";
import { useConnection, useDirectory } from "../../host";
import { cancelSync, startSync, useSync, useWindow } from "../../state";
import styles from "./Sync.module.css";
import { pace } from "./sentences";

/** True while the connection in use has never been listed. */
export function useFirstSync(): boolean {
  const id = useWindow((state) => state.connection);
  const connection = useConnection(id);
  const directory = useDirectory(id);
  return connection !== null && connection.syncedAt === null && (directory.data?.people ?? 0) === 0;
}

/** The first listing of a directory: how far, how fast, how long, and a way to stop. */
export function FirstSync() {
  const id = useWindow((state) => state.connection);
  const connection = useConnection(id);
  const syncing = useSync((state) => (id === null ? undefined : state.running.get(id)));
  const failed = useSync((state) => (id === null ? undefined : state.failed.get(id)));
  if (id === null || connection === null) {
    return <Skeleton />;
  }
  if (syncing === undefined && failed !== undefined) {
    return (
      <ErrorState
        title={`The people of ${connection.name} could not be read`}
        error={failed}
        onRetry={() => startSync(id)}
        action={<CommandButton command="connection-settings" />}
      />
    );
  }
  if (syncing === undefined) {
    return (
      <div className={styles.first}>
        <h1 className={styles.title}>Nobody has been read yet</h1>
        <p className={styles.text}>
          Muster keeps a copy of the directory on this computer, so that searching and sorting take no time.
          Reading it changes nothing in {connection.name}.
        </p>
        <div className={styles.actions}>
          <Button variant="primary" onPress={() => startSync(id)}>
            Read the directory
          </Button>
        </div>
      </div>
    );
  }
  const { progress, cancelling } = syncing;
  return (
    <section className={styles.first} aria-labelledby="first-sync">
      <h1 className={styles.title} id="first-sync">
        Reading {connection.name}
      </h1>
      {progress !== null && <p className={styles.number}>{number(progress.people)}</p>}
      <p className={styles.text}>
        {progress === null
          ? "Asking for the first page"
          : progress.expected === null
            ? "people so far"
            : `of ${people(progress.expected)}`}
      </p>
      <Progress
        label={`Reading the people of ${connection.name}`}
        value={progress === null || progress.expected === null ? null : progress.people}
        max={progress?.expected ?? 1}
        className={styles.bar}
      />
      <div className={styles.foot}>
        <span className={styles.pace}>{progress === null ? "" : pace(progress)}</span>
        <Button onPress={() => cancelSync(id)} isDisabled={cancelling}>
          {cancelling ? "Stopping" : "Cancel"}
        </Button>
      </div>
    </section>
  );
}
