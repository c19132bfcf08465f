import { useQuery } from "@tanstack/react-query";
import { Copy, Printer } from "lucide-react";
import { useState } from "react";
import { Banner, Button, Dialog, ErrorBanner, IconButton, Segmented, TextField } from "../../components";
import { counted, day as dayWords, number } from "../../format";
import {
  asHostError,
  type ConnectionId,
  type HostError,
  host,
  keys,
  type Retention,
  useWrite,
  type Verification,
} from "../../host";
import { announce } from "../../state";
import styles from "./Keeping.module.css";

/** Days whose anchors are listed; the rest are in what the command line prints. */
const LISTED = 60;

/** How the history is kept true: the chain checked, each day's anchor to be kept elsewhere, and for how long. */
export function Keeping({ connection, onClose }: { connection: ConnectionId; onClose: () => void }) {
  return (
    <Dialog
      title="Keeping the history"
      isOpen
      onClose={onClose}
      width="l"
      actions={<Button onPress={onClose}>Close</Button>}
    >
      <div className={styles.parts}>
        <Anchors />
        <Rule connection={connection} />
      </div>
    </Dialog>
  );
}

function copy(text: string, said: string) {
  void navigator.clipboard.writeText(text).then(() => announce(said));
}

function Anchors() {
  const anchors = useQuery({ queryKey: keys.anchors(), queryFn: () => host.historyAnchors() });
  const [kept, setKept] = useState("");
  const [running, setRunning] = useState(false);
  const [found, setFound] = useState<Verification | null>(null);
  const [error, setError] = useState<HostError | null>(null);
  const compare = () => {
    setRunning(true);
    setFound(null);
    setError(null);
    host
      .verifyHistory(kept.trim())
      .then(setFound, (thrown: unknown) => setError(asHostError(thrown)))
      .finally(() => setRunning(false));
  };
  const newest = [...(anchors.data ?? [])].reverse();
  return (
    <section className={styles.part}>
      <h3>Anchors</h3>
      <p>
        Each event carries the hash of the one before it. The last hash of a day is its anchor: kept outside
        this computer, on paper or with somebody else, it proves later that nothing before it was changed.
      </p>
      {anchors.error !== null && (
        <ErrorBanner title="The anchors could not be read." error={asHostError(anchors.error)} />
      )}
      {anchors.data?.length === 0 && (
        <p className={styles.quiet}>The first anchor is made when the first day with events is over.</p>
      )}
      {newest.length > 0 && (
        <>
          <div className={styles.anchors}>
            <table>
              <caption className={styles.printed}>Muster: anchors of the history</caption>
              <thead>
                <tr>
                  <th scope="col">Day, UTC</th>
                  <th scope="col">Anchor</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {newest.slice(0, LISTED).map((anchor) => (
                  <tr key={anchor.day}>
                    <th scope="row">{dayWords(anchor.day)}</th>
                    <td>
                      <code>{anchor.anchor}</code>
                    </td>
                    <td>
                      <IconButton
                        size="s"
                        label={`Copy the anchor of ${dayWords(anchor.day)}`}
                        icon={<Copy aria-hidden="true" />}
                        onPress={() => copy(anchor.anchor, "Anchor copied")}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className={styles.acts}>
            <Button
              size="s"
              icon={<Printer aria-hidden="true" />}
              onPress={() => {
                host.printPage().catch((thrown: unknown) => setError(asHostError(thrown)));
              }}
            >
              Print
            </Button>
            <Button
              size="s"
              icon={<Copy aria-hidden="true" />}
              onPress={() =>
                copy(
                  newest.map((anchor) => `${anchor.day}\t${anchor.anchor}`).join("\n"),
                  `${counted(newest.length, "anchor")} copied`,
                )
              }
            >
              Copy all
            </Button>
          </div>
        </>
      )}
      <div className={styles.compare}>
        <TextField
          label="An anchor kept elsewhere"
          value={kept}
          onChange={setKept}
          placeholder="1234:0f3a…"
        />
        <Button isDisabled={kept.trim() === "" || running} onPress={compare}>
          {running ? "Comparing" : "Compare"}
        </Button>
      </div>
      {found !== null && (
        <Banner tone={found.sound ? "good" : "bad"} title={found.sound ? "It fits." : "It does not fit."}>
          {found.message}
        </Banner>
      )}
      {error !== null && <ErrorBanner title="That was not done." error={error} />}
    </section>
  );
}

const YEARS = [
  { value: "0", label: "For ever" },
  { value: "365", label: "1 year" },
  { value: "730", label: "2 years" },
  { value: "1095", label: "3 years" },
  { value: "1825", label: "5 years" },
  { value: "2555", label: "7 years" },
] as const;

function Rule({ connection }: { connection: ConnectionId }) {
  const rule = useQuery({ queryKey: keys.retention(), queryFn: () => host.retention() });
  if (rule.error !== null) {
    return <ErrorBanner title="The rule could not be read." error={asHostError(rule.error)} />;
  }
  return rule.data === undefined ? null : <RuleForm connection={connection} rule={rule.data} />;
}

function RuleForm({ connection, rule }: { connection: ConnectionId; rule: Retention | null }) {
  const now = String(rule?.days ?? 0);
  const [days, setDays] = useState(now);
  const [reason, setReason] = useState("");
  const [done, setDone] = useState<string | null>(null);
  const change = useWrite(
    () => host.keepHistoryFor(days === "0" ? null : Number(days), reason.trim()),
    () => [keys.retention(), keys.histories(connection)],
  );
  const known = YEARS.some((one) => one.value === now);
  return (
    <section className={styles.part}>
      <h3>How long events are kept</h3>
      <p>
        {rule === null
          ? "Every event is kept, for all connections."
          : `Events older than ${number(rule.days)} days are removed when Muster starts, for all connections. Reason: ${rule.reason}`}
      </p>
      <Segmented
        label="Keep events"
        value={days}
        onChange={setDays}
        choices={known ? [...YEARS] : [...YEARS, { value: now, label: `${number(Number(now))} days` }]}
      />
      {days !== now && (
        <>
          <p>
            {days === "0"
              ? "What a rule removed before stays removed."
              : "What is older is removed now, for good. The rule and what it removed become events themselves, and the chain can still be verified."}
          </p>
          <div className={styles.compare}>
            <TextField label="Reason, for the history" value={reason} onChange={setReason} />
            <Button
              variant={days === "0" ? "primary" : "danger"}
              isDisabled={reason.trim() === "" || change.isPending}
              onPress={() =>
                change.mutate(undefined, {
                  onSuccess: (removed) => {
                    setDone(removed.message);
                    setReason("");
                    announce(removed.message);
                  },
                })
              }
            >
              {days === "0" ? "Keep everything" : "Remove what is older"}
            </Button>
          </div>
        </>
      )}
      {done !== null && days === now && (
        <Banner tone="good" title="The rule stands.">
          {done}
        </Banner>
      )}
      {change.error !== null && <ErrorBanner title="The rule was not changed." error={change.error} />}
    </section>
  );
}
