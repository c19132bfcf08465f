import { CommandButton, EmptyState, ErrorState, Skeleton } from "../../components";
import { asHostError, useConnection, useDirectory } from "../../host";
import { useWindow } from "../../state";
import { PeopleTable } from "./PeopleTable";
import styles from "./people.module.css";

/** Everyone in the connection's directory: find, choose, edit. */
export function PeopleScreen() {
  const connection = useConnection(useWindow((state) => state.connection));
  const directory = useDirectory(connection?.id ?? null);
  if (directory.isError) {
    return (
      <ErrorState
        title="The directory could not be read"
        error={asHostError(directory.error)}
        onRetry={() => void directory.refetch()}
      />
    );
  }
  if (!connection || !directory.data) {
    return (
      <div className={styles.loading}>
        <Skeleton rows={14} label="Reading the directory" />
      </div>
    );
  }
  if (directory.data.people === 0) {
    return (
      <EmptyState
        title={`Nobody in ${connection.name} yet`}
        action={<CommandButton variant="primary" command="sync" />}
      >
        A sync lists everyone the service knows and keeps a copy here, to search, filter and edit.
      </EmptyState>
    );
  }
  return <PeopleTable key={connection.id} connection={connection.id} directory={directory.data} />;
}
