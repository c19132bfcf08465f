import { Ellipsis, ShieldCheck } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import {
  Button,
  CommandItem,
  ErrorState,
  IconButton,
  MenuButton,
  MenuItem,
  MenuSeparator,
  Panel,
  PanelSection,
  Skeleton,
} from "../../components";
import { ProtectDialog, stopProtecting } from "../../directory/ProtectDialog";
import { ago, date, exactly, number } from "../../format";
import {
  asHostError,
  type ConnectionId,
  type Edit,
  host,
  type Person,
  type PersonChoice,
  type RowId,
  useDirectory,
  usePerson,
  useProtectedPeople,
} from "../../host";
import { announce, useWindow } from "../../state";
import { Fields } from "./Fields";
import { History } from "./History";
import styles from "./person.module.css";
import { useProtecting } from "./protecting";
import { RawRecord } from "./RawRecord";

/** One person: attributes to edit in place, the reporting line, what happened, and the record for IT. */
export function PersonPanel({ row }: { row: RowId }) {
  const connection = useWindow((state) => state.connection);
  const closePanel = useWindow((state) => state.closePanel);
  const person = usePerson(connection, row);
  const box = useRef<HTMLDivElement>(null);
  useGoHome(box);
  if (connection === null) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc closes the panel from anywhere inside it.
    <div
      ref={box}
      className={styles.panel}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) {
          event.preventDefault();
          closePanel();
        }
      }}
    >
      {person.isError ? (
        <Panel title="This person" onClose={closePanel}>
          <ErrorState
            title="The person could not be read"
            error={asHostError(person.error)}
            onRetry={() => void person.refetch()}
          />
        </Panel>
      ) : person.data === undefined ? (
        <Panel title="" onClose={closePanel}>
          <Skeleton rows={9} label="Reading the person" />
        </Panel>
      ) : (
        <Loaded connection={connection} person={person.data} onClose={closePanel} />
      )}
    </div>
  );
}

/** With the panel gone, the keyboard is where it was: in the table. */
function useGoHome(box: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const panel = box.current;
    return () => {
      if (panel?.contains(document.activeElement) || document.activeElement === document.body) {
        document.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
      }
    };
  }, [box]);
}

function Loaded({
  connection,
  person,
  onClose,
}: {
  connection: ConnectionId;
  person: Person;
  onClose: () => void;
}) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const attributes = useDirectory(connection).data?.attributes ?? [];
  const listed = useProtectedPeople(connection).data?.find((one) => one.row === person.row);
  const protecting = useProtecting((state) => state.row) === person.row;
  const protect = () => useProtecting.setState({ row: person.row });
  const unprotect = () => {
    setRefusal(null);
    stopProtecting(connection, person.row, person.name).catch((thrown: unknown) =>
      setRefusal(asHostError(thrown).message),
    );
  };
  const act = (edit: Edit) => {
    setRefusal(null);
    host
      .stage(connection, { of: "rows", rows: [person.row] }, edit, false)
      .then((staged) => {
        const [refused] = staged.refused;
        if (refused) setRefusal(refused.message);
        else announce("Staged");
      })
      .catch((thrown: unknown) => setRefusal(asHostError(thrown).message));
  };
  const takeBack = () => {
    setRefusal(null);
    host
      .unstageAct(connection, person.row)
      .catch((thrown: unknown) => setRefusal(asHostError(thrown).message));
  };
  const subtitle = [person.title, person.employeeNumber].filter(Boolean).join(" · ");
  return (
    <Panel
      title={person.name}
      subtitle={subtitle === "" ? undefined : subtitle}
      onClose={onClose}
      actions={<Actions person={person} onAct={act} />}
    >
      {person.goneAt !== null && (
        <p className={styles.gone} title={exactly(person.goneAt)}>
          No longer listed by the service since {ago(person.goneAt)}. This is the last that was known.
        </p>
      )}
      {listed !== undefined ? (
        <div className={styles.protected}>
          <ShieldCheck aria-hidden="true" />
          <div>
            <p>
              Protected{listed.until !== null && ` until ${date(listed.until)}`}: {listed.reason}
            </p>
            <p className={styles.protectedActs}>
              <Button variant="link" size="s" onPress={protect}>
                Change
              </Button>
              <Button variant="link" size="s" onPress={unprotect}>
                Stop protecting
              </Button>
            </p>
          </div>
        </div>
      ) : (
        person.protected !== null && (
          <p className={styles.protected}>
            <ShieldCheck aria-hidden="true" />
            <span>{person.protected}</span>
          </p>
        )
      )}
      {refusal !== null && (
        <p className={styles.refusal} role="alert">
          {refusal}
        </p>
      )}
      <Fields
        key={person.row}
        connection={connection}
        person={person}
        attributes={attributes}
        onTakeBack={takeBack}
      />
      <ReportingLine person={person} />
      <History person={person} />
      <RawRecord key={`raw ${person.row}`} connection={connection} row={person.row} />
      {protecting && (
        <ProtectDialog
          connection={connection}
          selection={{ of: "rows", rows: [person.row] }}
          whom={person.name}
          listed={listed}
          onClose={() => useProtecting.setState({ row: null })}
        />
      )}
    </Panel>
  );
}

function Actions({ person, onAct }: { person: Person; onAct: (edit: Edit) => void }) {
  const inactive = person.status === "inactive" || person.status === "left";
  return (
    <MenuButton
      label={`Acts on ${person.name}`}
      placement="bottom end"
      button={<IconButton label="More" size="s" icon={<Ellipsis aria-hidden="true" />} />}
    >
      {inactive || person.act === "deactivate" ? (
        <MenuItem onAction={() => onAct({ do: "activate" })}>Activate</MenuItem>
      ) : null}
      {!inactive && person.act !== "deactivate" ? (
        <MenuItem onAction={() => onAct({ do: "deactivate" })}>Deactivate</MenuItem>
      ) : null}
      <CommandItem command="person.protect" />
      <CommandItem command="person.unprotect" />
      {person.email !== null ? (
        <MenuItem onAction={() => void navigator.clipboard.writeText(person.email ?? "")}>
          Copy the e-mail
        </MenuItem>
      ) : null}
      <MenuItem onAction={() => void navigator.clipboard.writeText(person.scimId)}>Copy the id</MenuItem>
      <MenuSeparator />
      <MenuItem danger onAction={() => onAct({ do: "delete" })}>
        Delete
      </MenuItem>
    </MenuButton>
  );
}

/** Up to the top of the company, and the people below. */
function ReportingLine({ person }: { person: Person }) {
  const [all, setAll] = useState(false);
  if (person.line.length === 0 && person.reportsTotal === 0) return null;
  const shown = all ? person.reports : [];
  const rest = person.reportsTotal - person.reports.length;
  return (
    <PanelSection title="Reporting line">
      <p className={styles.line}>
        {person.line.map((one) => (
          <span key={one.row}>
            <PersonLink choice={one} /> <span aria-hidden="true">›</span>{" "}
          </span>
        ))}
        <span className={styles.self}>{person.name}</span>
      </p>
      {person.reportsTotal > 0 && (
        <Button
          variant="link"
          size="s"
          className={styles.reportsLink}
          aria-expanded={all}
          onPress={() => setAll(!all)}
        >
          {person.reportsTotal === 1
            ? "1 person reports here"
            : `${number(person.reportsTotal)} people report here`}
        </Button>
      )}
      {shown.length > 0 && (
        <ul className={styles.reports}>
          {shown.map((one) => (
            <li key={one.row}>
              <PersonLink choice={one} />
              {one.title !== null && <span className={styles.reportTitle}> {one.title}</span>}
            </li>
          ))}
          {rest > 0 && <li className={styles.reportTitle}>and {number(rest)} more</li>}
        </ul>
      )}
    </PanelSection>
  );
}

function PersonLink({ choice }: { choice: PersonChoice }) {
  return (
    <button
      type="button"
      className={styles.link}
      onClick={() => {
        useWindow.getState().openPerson(choice.row);
        useWindow.getState().setLocate(choice.row);
      }}
    >
      {choice.name}
    </button>
  );
}
