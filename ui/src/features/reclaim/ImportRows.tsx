import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, MenuButton, MenuItem, PopoverButton, SearchField } from "../../components";
import { counted, number } from "../../format";
import {
  asHostError,
  type ConnectionId,
  type Format,
  type HostError,
  host,
  type Import,
  type ImportRow,
  type ImportRows as Page,
  type PersonChoice,
  type RowId,
  type RowState,
  type Source,
  usePersonChoices,
} from "../../host";
import { announce } from "../../state";
import styles from "./Dialogs.module.css";

const PAGE = 50;
const MOST_FOUND = 8;

/** Rows that count for nobody, and the way to say whom they mean. */
export function ImportRows({
  connection,
  given,
  state,
  onAlias,
  onProblem,
}: {
  connection: ConnectionId;
  given: Import;
  state: RowState;
  onAlias: (next: Import) => void;
  onProblem: (problem: HostError) => void;
}) {
  const choose = (row: number, person: RowId) => {
    host
      .confirmAlias(given.id, row, person)
      .then(onAlias, (thrown: unknown) => onProblem(asHostError(thrown)));
  };
  return (
    <Rows
      of={["import-rows", given.id, given.counts]}
      state={state}
      list={(len) => host.importRows(given.id, state, 0, len)}
      write={(format) => host.exportImportRows(given.id, format)}
      whom={(row) =>
        row.who !== null &&
        state !== "unreadable" && (
          <Whom connection={connection} row={row} onChoose={(person) => choose(row.row, person)} />
        )
      }
      onProblem={onProblem}
    />
  );
}

/** The same of a file that counts: as they were when it was accepted. */
export function SourceRows({
  source,
  state,
  onProblem,
}: {
  source: Source;
  state: RowState;
  onProblem: (problem: HostError) => void;
}) {
  return (
    <Rows
      of={["source-rows", source.id]}
      state={state}
      list={(len) => host.sourceRows(source.id, state, 0, len)}
      write={(format) => host.exportSourceRows(source.id, format)}
      onProblem={onProblem}
    />
  );
}

function Rows({
  of,
  state,
  list,
  write,
  whom,
  onProblem,
}: {
  /** What the rows are remembered by. */
  of: readonly unknown[];
  state: RowState;
  list: (len: number) => Promise<Page>;
  write: (format: Format) => Promise<number | null>;
  whom?: (row: ImportRow) => ReactNode;
  onProblem: (problem: HostError) => void;
}) {
  const [len, setLen] = useState(PAGE);
  const rows = useQuery({
    queryKey: [...of, state, len],
    queryFn: () => list(len),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  const exportAs = (format: Format) => {
    write(format).then(
      (written) => {
        if (written !== null) announce(`${counted(written, "row")} exported`);
      },
      (thrown: unknown) => onProblem(asHostError(thrown)),
    );
  };
  const total = rows.data?.total ?? 0;
  const shown = rows.data?.rows ?? [];
  return (
    <div className={styles.rows}>
      <table className={styles.columns}>
        <caption className="visually-hidden">Rows that count for nobody: {state}</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.figure}>
              Row
            </th>
            <th scope="col">Who</th>
            <th scope="col">Why</th>
            {whom && (
              <th scope="col">
                <span className="visually-hidden">Whom it means</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.row}>
              <td className={styles.figure}>{number(row.row)}</td>
              <th scope="row">{row.who ?? ""}</th>
              <td className={styles.why}>{row.why}</td>
              {whom && <td>{whom(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.rowsFoot}>
        {shown.length < total && (
          <Button variant="link" onPress={() => setLen(len + PAGE * 4)}>
            {`Show more of ${number(total)}`}
          </Button>
        )}
        <MenuButton
          label="Export all rows that count for nobody"
          button={
            <Button variant="quiet" size="s" icon={<Download aria-hidden="true" />}>
              Export all
            </Button>
          }
        >
          <MenuItem onAction={() => exportAs("xlsx")}>Excel workbook</MenuItem>
          <MenuItem onAction={() => exportAs("csv")}>Comma-separated</MenuItem>
          <MenuItem onAction={() => exportAs("json")}>JSON</MenuItem>
        </MenuButton>
      </div>
    </div>
  );
}

/** The candidates first; anybody else by search. What is chosen is remembered for this connection. */
function Whom({
  connection,
  row,
  onChoose,
}: {
  connection: ConnectionId;
  row: ImportRow;
  onChoose: (person: RowId) => void;
}) {
  const [text, setText] = useState("");
  const found = usePersonChoices(connection, text, MOST_FOUND).data ?? [];
  const offered: readonly PersonChoice[] = text.trim() === "" ? row.candidates : found;
  return (
    <PopoverButton
      label={`Whom “${row.who ?? ""}” means`}
      placement="bottom end"
      className={styles.whom}
      button={
        <Button size="s" variant="secondary">
          Choose person…
        </Button>
      }
    >
      {(close) => (
        <>
          <SearchField label="Name, e-mail or number" value={text} onChange={setText} autoFocus />
          <ul className={styles.whomList}>
            {offered.map((person) => (
              <li key={person.row}>
                <Button
                  variant="quiet"
                  className={styles.whomChoice}
                  onPress={() => {
                    onChoose(person.row);
                    close();
                  }}
                >
                  {person.name}{" "}
                  <span className={styles.faint}>
                    {[person.reference, person.department].filter(Boolean).join(" · ")}
                  </span>
                </Button>
              </li>
            ))}
          </ul>
          <p className={styles.faint}>Remembered for every file of this connection.</p>
        </>
      )}
    </PopoverButton>
  );
}
