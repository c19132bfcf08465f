import { Download } from "lucide-react";
import { useState } from "react";
import { Banner, Button, ErrorBanner, MenuButton, MenuItem } from "../../components";
import { counted } from "../../format";
import {
  asHostError,
  type ConnectionId,
  type HistoryFormat,
  type HistoryQuery,
  type HostError,
  host,
} from "../../host";

const FORMATS: [HistoryFormat, string][] = [
  ["csv", "CSV"],
  ["xlsx", "Excel"],
  ["json", "JSON Lines"],
  ["ocsf", "OCSF, for a log system"],
  ["cef", "CEF, for a log system"],
];

/** Writing what is found to a file: how it ended, until it is put away or done again. */
export function useExporting(connection: ConnectionId, query: HistoryQuery) {
  const [problem, setProblem] = useState<HostError | null>(null);
  /** Events in the file. */
  const [written, setWritten] = useState<number | null>(null);
  return {
    problem,
    written,
    putAway: () => setWritten(null),
    exportAs: (format: HistoryFormat) => {
      setProblem(null);
      setWritten(null);
      // A dialog that was dismissed wrote nothing.
      host
        .exportHistory(connection, query, format)
        .then(setWritten, (thrown: unknown) => setProblem(asHostError(thrown)));
    },
  };
}

type Exporting = ReturnType<typeof useExporting>;

export function ExportMenu({ exporting, isDisabled }: { exporting: Exporting; isDisabled: boolean }) {
  return (
    <MenuButton
      label="Export as"
      placement="bottom end"
      button={
        <Button variant="quiet" icon={<Download aria-hidden="true" />} isDisabled={isDisabled}>
          Export
        </Button>
      }
    >
      {FORMATS.map(([format, name]) => (
        <MenuItem key={format} onAction={() => exporting.exportAs(format)}>
          {name}
        </MenuItem>
      ))}
    </MenuButton>
  );
}

export function Exported({ exporting }: { exporting: Exporting }) {
  const { problem, written, putAway } = exporting;
  return (
    <>
      {problem !== null && <ErrorBanner title="Not exported." error={problem} />}
      {written !== null && (
        <Banner
          tone="good"
          title={`Wrote ${counted(written, "event")} to the file.`}
          actions={
            <Button size="s" variant="quiet" onPress={putAway}>
              Put away
            </Button>
          }
        />
      )}
    </>
  );
}
