import { people } from "../../format";
import { type Format, host } from "../../host";
import { useWindow } from "../../state";
import { failureNotice } from "./staging";
import { usePeople } from "./store";

export const FORMATS: readonly { format: Format; title: string; detail: string }[] = [
  { format: "xlsx", title: "Excel workbook", detail: ".xlsx" },
  { format: "csv", title: "Comma-separated", detail: ".csv" },
  { format: "json", title: "JSON", detail: ".json" },
];

/** Writes the people of the view on screen, with the columns on screen, to a file that is asked for. */
export function exportShown(format: Format): void {
  const { view } = useWindow.getState();
  if (view === null) return;
  const { shown, tell } = usePeople.getState();
  host
    .exportView(view, [...shown], format)
    .then((count) => {
      if (count !== null) tell({ tone: "plain", text: `Wrote ${people(count)} to the file.`, more: [] });
    })
    .catch((thrown: unknown) => tell(failureNotice(thrown)));
}
