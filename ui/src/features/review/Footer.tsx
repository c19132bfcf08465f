import { useEffect, useMemo, useRef, useState } from "react";
import { type Command, useCommands } from "../../commands";
import { Button, Checkbox, ErrorBanner, MenuButton, MenuItem, TextField } from "../../components";
import { number } from "../../format";
import {
  asHostError,
  type HostError,
  host,
  keys,
  type Plan,
  type PlanFile,
  putRun,
  useWrite,
} from "../../host";
import { announce, useWindow } from "../../state";
import { tally } from "./groups";
import styles from "./Review.module.css";

/** A press meant for what stood here a moment ago must not send a plan. */
const ARMING_MILLISECONDS = 700;
/** So many are done and read back before the rest is asked about again. */
const PILOT = 5;

/** The number as typed, whatever separators it has; null when it is none. */
export function typedNumber(text: string): number | null {
  const digits = text.replace(/[\s.,’'\u00a0\u202f]/g, "");
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}

/** A name as typed: letter case and spaces around do not matter. */
export function sameName(typed: string, name: string): boolean {
  const plain = (text: string) => text.normalize("NFC").trim().replace(/\s+/g, " ").toLocaleLowerCase();
  return plain(typed) === plain(name);
}

const inReview = () => useWindow.getState().screen === "review";

export function Footer({
  plan,
  name,
  stale,
  requests,
  onRequests,
}: {
  plan: Plan;
  name: string;
  stale: boolean;
  requests: boolean;
  onRequests: () => void;
}) {
  const { confirm } = plan;
  const { go, showRun } = useWindow.getState();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [personTyped, setPersonTyped] = useState("");
  // Who goes by evidence alone may be here after all: a look at the first few is usual.
  const [pilot, setPilot] = useState((plan.reclaims ?? 0) > 0);
  const [armed, setArmed] = useState(false);
  const [problem, setProblem] = useState<HostError | null>(null);
  const [notSaved, setNotSaved] = useState<HostError | null>(null);
  const firstInput = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const sums = tally(plan);
  const offersPilot = confirm.destructive && sums.included > PILOT;

  useEffect(() => {
    const timer = setTimeout(() => setArmed(true), ARMING_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);

  const start = useWrite(
    () =>
      host.startRun(plan.id, {
        hash: plan.hash,
        number: confirm.typeNumber === null ? null : typedNumber(typed),
        reason: confirm.reason ? reason.trim() : null,
        name: confirm.typeName === null ? null : personTyped.trim(),
        ...(pilot && offersPilot ? { pilot: PILOT } : undefined),
      }),
    () => [
      keys.draft(plan.connection),
      keys.runs(plan.connection),
      keys.openRun(plan.connection),
      keys.histories(plan.connection),
    ],
  );

  const numberFits = confirm.typeNumber === null || typedNumber(typed) === confirm.typeNumber;
  const reasonFits = !confirm.reason || reason.trim() !== "";
  const personFits = confirm.typeName === null || sameName(personTyped, confirm.typeName);
  const ready =
    armed && !confirm.empty && !stale && numberFits && reasonFits && personFits && !start.isPending;

  const send = () => {
    if (!ready) {
      return;
    }
    setProblem(null);
    start.mutate(undefined, {
      onSuccess: (run) => {
        putRun(run);
        showRun(run.id);
        useWindow.setState({ plan: null });
      },
      onError: (thrown) => setProblem(asHostError(thrown)),
    });
  };

  const confirmByKeys = useRef(send);
  confirmByKeys.current = () => {
    if (!numberFits || !reasonFits || !personFits) {
      firstInput.current?.querySelector("input")?.focus();
    } else if (confirm.destructive) {
      // What takes people away is pressed, not passed by the keys that opened the review.
      button.current?.focus();
      announce(confirm.label);
    } else {
      send();
    }
  };
  const save = (file: PlanFile) => {
    host.writePlan(plan.id, file, reason.trim() === "" ? null : reason.trim()).then(
      (written) => {
        if (written) {
          announce(file === "json" ? "Plan saved" : "Report saved");
        }
      },
      (thrown: unknown) => setNotSaved(asHostError(thrown)),
    );
  };

  const saveAs = useRef(save);
  saveAs.current = save;
  const commands = useMemo<readonly Command[]>(
    () => [
      {
        id: "save-plan",
        title: "Save the plan as a file",
        group: "Draft",
        when: inReview,
        run: () => saveAs.current("json"),
      },
      {
        id: "save-report",
        title: "Save the plan as a report to sign",
        group: "Draft",
        when: inReview,
        run: () => saveAs.current("report"),
      },
      {
        id: "confirm",
        title: "Confirm the plan",
        group: "Draft",
        keys: "Mod+Enter",
        when: inReview,
        run: () => confirmByKeys.current(),
      },
    ],
    [],
  );
  useCommands(commands);

  return (
    <footer className={styles.footer}>
      {problem !== null && <ErrorBanner title="Nothing has been sent." error={problem} />}
      {notSaved !== null && <ErrorBanner title="Not saved." error={notSaved} />}
      <div className={styles.footerRow}>
        <p className={styles.tally}>
          <strong>{number(sums.included)}</strong> included · {number(sums.held + sums.blocked)} held ·{" "}
          {number(sums.leftOut)} left out
        </p>
        <Button variant="quiet" onPress={onRequests} aria-pressed={requests}>
          {requests ? "Sentences" : "Requests"}
        </Button>
        <MenuButton
          label="Save the plan"
          placement="top start"
          button={<Button variant="quiet">Save plan</Button>}
        >
          <MenuItem onAction={() => save("json")} detail="JSON">
            As a file to carry out later
          </MenuItem>
          <MenuItem onAction={() => save("report")} detail="HTML">
            As a report to sign
          </MenuItem>
        </MenuButton>
        <div className={styles.confirm} ref={firstInput}>
          {confirm.reason && (
            <TextField
              label="Reason"
              className={styles.reason}
              value={reason}
              onChange={setReason}
              placeholder="Why so many"
            />
          )}
          {confirm.typeName !== null && (
            <TextField
              label={`Type ${confirm.typeName} to go on`}
              className={styles.reason}
              value={personTyped}
              onChange={setPersonTyped}
              autoComplete="off"
            />
          )}
          {confirm.typeNumber !== null && (
            <TextField
              label={`Type ${number(confirm.typeNumber)} to go on`}
              className={styles.typeNumber}
              value={typed}
              onChange={setTyped}
              inputMode="numeric"
              autoComplete="off"
              onKeyDown={(event) => {
                if (event.key === "Enter") {
                  send();
                } else {
                  event.continuePropagation();
                }
              }}
            />
          )}
          {offersPilot && (
            <Checkbox isSelected={pilot} onChange={setPilot}>{`First ${PILOT}, then ask`}</Checkbox>
          )}
          <Button onPress={() => go("people")}>Back</Button>
          <Button
            ref={button}
            variant={confirm.destructive ? "danger" : "primary"}
            keys={confirm.destructive ? undefined : "Mod+Enter"}
            isDisabled={!ready}
            onPress={send}
          >
            {confirm.empty ? `Nothing to send to ${name}` : confirm.label}
          </Button>
        </div>
      </div>
    </footer>
  );
}
