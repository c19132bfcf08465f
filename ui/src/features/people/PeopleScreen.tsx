import { EmptyState } from "../../components";
import { number } from "../../format";
import { useDirectory } from "../../host";
import { useWindow } from "../../state";

export function PeopleScreen() {
  const directory = useDirectory(useWindow((state) => state.connection));
  return <EmptyState title={`${number(directory.data?.people ?? 0)} people`} />;
}
