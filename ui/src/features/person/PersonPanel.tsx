import { Panel } from "../../components";
import { type RowId, usePerson } from "../../host";
import { useWindow } from "../../state";

export function PersonPanel({ row }: { row: RowId }) {
  const connection = useWindow((state) => state.connection);
  const closePanel = useWindow((state) => state.closePanel);
  const person = usePerson(connection, row);
  return (
    <Panel title={person.data?.name ?? ""} onClose={closePanel}>
      {person.data?.email}
    </Panel>
  );
}
