import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, Checkbox, Dialog, ErrorBanner, IconButton, Switch, TextField } from "../../components";
import { DateBox } from "../../directory/DateBox";
import { date, number, people } from "../../format";
import {
  type Attribute,
  type AttributeId,
  asHostError,
  type Board,
  type DormancyPolicy,
  type Exemption,
  type HostError,
  host,
  keys,
  put,
  type SourceKind,
  useDirectory,
  useExemptions,
  write,
} from "../../host";
import { announce } from "../../state";
import { Choice } from "./Choice";
import styles from "./Dialogs.module.css";
import { useReclaim } from "./store";
import { isCurrency, KINDS, typedAmount } from "./words";

/** HR records and surveys by team say nothing of presence, so they are not offered. */
const PRESENCE: SourceKind[] = [
  "entra_sign_ins",
  "okta_sign_ins",
  "google_sign_ins",
  "peakon_audit",
  "peakon_usage",
  "other",
];

const typed = (value: number | null) => (value === null ? "" : number(value));
const price = (value: number | null) => (value === null ? "" : String(value));

/** When somebody counts as dormant here, who never does, and what a seat costs. */
export function PolicyDialog({ board, onClose }: { board: Board; onClose: () => void }) {
  const { policy, connection } = board;
  const [days, setDays] = useState(String(policy.days));
  const [grace, setGrace] = useState(String(policy.graceDays));
  const [paid, setPaid] = useState(typed(policy.seatsPaid));
  const [cost, setCost] = useState(price(policy.seatPrice));
  const [currency, setCurrency] = useState(policy.currency ?? "");
  const [end, setEnd] = useState<string | null | undefined>(policy.contractEnd);
  const [sources, setSources] = useState<SourceKind[] | null>(policy.sources);
  const [except, setExcept] = useState<string[]>(policy.except);
  const [reports, setReports] = useState(policy.exemptReports);
  const [listed, setListed] = useState(policy.exemptProtected);
  const attributes = useDirectory(connection).data?.attributes ?? [];
  const [rules, setRules] = useState<Rule[]>(() =>
    policy.leave.map(({ attribute, values }) => ({ attribute, values: values.join(", ") })),
  );
  const [problem, setProblem] = useState<HostError | null>(null);

  const read = {
    days: whole(days, 1),
    grace: whole(grace, 0),
    paid: paid.trim() === "" ? null : whole(paid, 0),
    cost: cost.trim() === "" ? null : typedAmount(cost),
  };
  const codeFits = currency.trim() === "" || isCurrency(currency.trim());
  const sound =
    read.days !== null &&
    read.grace !== null &&
    (paid.trim() === "" || read.paid !== null) &&
    (cost.trim() === "" || read.cost !== null) &&
    codeFits &&
    end !== undefined;

  const keep = () => {
    if (!sound || read.days === null || read.grace === null || end === undefined) return;
    const next: DormancyPolicy = {
      ...policy,
      days: read.days,
      graceDays: read.grace,
      sources,
      except,
      leave: rules.flatMap(({ attribute, values }) => {
        const named = values.split(",").map((value) => value.trim());
        const some = named.filter((value) => value !== "");
        return some.length > 0 ? [{ attribute, values: some }] : [];
      }),
      exemptReports: reports,
      exemptProtected: listed,
      seatsPaid: read.paid,
      seatPrice: read.cost,
      currency: currency.trim() === "" ? null : currency.trim().toUpperCase(),
      contractEnd: end,
    };
    host.keepDormancyPolicy(connection, next).then(
      (kept) => {
        put(keys.board(connection), kept);
        useReclaim.getState().move(null);
        announce("Policy kept");
        onClose();
      },
      (thrown: unknown) => setProblem(asHostError(thrown)),
    );
  };
  const counts = (kind: SourceKind) => sources === null || sources.includes(kind);
  const count = (kind: SourceKind, on: boolean) => {
    const next = PRESENCE.filter((one) => (one === kind ? on : counts(one)));
    setSources(next.length === PRESENCE.length ? null : next);
  };
  // A file by its name, where its kind says too little: badges and VPN are both other activity.
  const named = board.sources.filter(
    (one, at, all) =>
      PRESENCE.includes(one.kind) &&
      all.findIndex((other) => other.name === one.name) === at &&
      (except.includes(one.name) || all.some((other) => other.kind === one.kind && other.name !== one.name)),
  );
  return (
    <Dialog
      title="Policy"
      isOpen
      onClose={onClose}
      width="m"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={!sound} onPress={keep}>
            Keep
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {problem !== null && <ErrorBanner title="The policy was not kept." error={problem} />}
        <div className={styles.fieldRow}>
          <TextField
            label="Dormant after, days"
            value={days}
            onChange={setDays}
            inputMode="numeric"
            error={read.days === null ? "A whole number from 1 on." : null}
            description="Since they were last seen."
          />
          <TextField
            label="Grace for new hires, days"
            value={grace}
            onChange={setGrace}
            inputMode="numeric"
            error={read.grace === null ? "A whole number." : null}
            description="Hired within these, nobody is dormant."
          />
        </div>
        <fieldset className={styles.fieldset}>
          <legend className={styles.fieldLabel}>What proves that somebody was here</legend>
          <div className={styles.boxes}>
            {PRESENCE.map((kind) => (
              <Checkbox key={kind} isSelected={counts(kind)} onChange={(on) => count(kind, on)}>
                {KINDS[kind]}
              </Checkbox>
            ))}
          </div>
          {named.length > 0 && (
            <>
              <p className={styles.faint}>Of these files:</p>
              <div className={styles.boxes}>
                {named.map(({ name, kind }) => (
                  <Checkbox
                    key={name}
                    isSelected={counts(kind) && !except.includes(name)}
                    isDisabled={!counts(kind)}
                    onChange={(on) => setExcept(except.filter((one) => one !== name).concat(on ? [] : name))}
                  >
                    {name}
                  </Checkbox>
                ))}
              </div>
            </>
          )}
        </fieldset>
        <LeaveRules attributes={attributes} rules={rules} onChange={setRules} />
        <div className={styles.switches}>
          <Switch isSelected={reports} onChange={setReports}>
            People with reports are exempt
          </Switch>
          <Switch isSelected={listed} onChange={setListed}>
            Protected people are exempt
          </Switch>
        </div>
        <div className={styles.fieldRow}>
          <TextField
            label="Seats paid"
            value={paid}
            onChange={setPaid}
            inputMode="numeric"
            error={paid.trim() !== "" && read.paid === null ? "A whole number." : null}
          />
          <TextField
            label="Price of a seat, a year"
            value={cost}
            onChange={setCost}
            inputMode="decimal"
            error={cost.trim() !== "" && read.cost === null ? "An amount such as 40 or 39.50." : null}
          />
          <TextField
            label="Currency"
            value={currency}
            onChange={setCurrency}
            placeholder="EUR"
            error={codeFits ? null : "Three letters, such as EUR or USD."}
          />
          <DateBox label="Contract ends" value={policy.contractEnd} onChange={setEnd} empty="Not known" />
        </div>
        <Exemptions board={board} />
      </div>
    </Dialog>
  );
}

function whole(text: string, least: number): number | null {
  const amount = typedAmount(text);
  return amount !== null && Number.isInteger(amount) && amount >= least ? amount : null;
}

/** A rule as it is being written. */
interface Rule {
  attribute: AttributeId;
  /** Values, with commas between. */
  values: string;
}

function LeaveRules({
  attributes,
  rules,
  onChange,
}: {
  attributes: readonly Attribute[];
  rules: readonly Rule[];
  onChange: (rules: Rule[]) => void;
}) {
  const options = attributes.filter((one) => one.kind === "option" && one.role !== "status");
  const choices = options.map((one) => ({ value: String(one.id), label: one.label }));
  const [first] = options;
  return (
    <fieldset className={styles.fieldset}>
      <legend className={styles.fieldLabel}>What counts as leave</legend>
      <p className={styles.faint}>
        People on leave are in no pile. HR records that say so count by themselves; here an attribute of the
        directory can say it too.
      </p>
      {rules.map((rule, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule has no other name.
        <div key={at} className={styles.ruleRow}>
          <Choice
            label="Attribute"
            value={String(rule.attribute)}
            choices={choices}
            onChange={(attribute) =>
              onChange(
                rules.map((one, other) => (other === at ? { ...one, attribute: Number(attribute) } : one)),
              )
            }
          />
          <TextField
            label="Values, with commas between"
            labelHidden
            className={styles.ruleValues}
            placeholder="Parental leave, Sabbatical"
            value={rule.values}
            onChange={(values) =>
              onChange(rules.map((one, other) => (other === at ? { ...one, values } : one)))
            }
          />
          <IconButton
            size="s"
            label="Remove this rule"
            icon={<Trash2 aria-hidden="true" />}
            onPress={() => onChange(rules.filter((_, other) => other !== at))}
          />
        </div>
      ))}
      {first !== undefined && (
        <Button
          variant="quiet"
          size="s"
          className={styles.fold}
          icon={<Plus aria-hidden="true" />}
          onPress={() => onChange([...rules, { attribute: first.id, values: "" }])}
        >
          Attribute
        </Button>
      )}
    </fieldset>
  );
}

function Exemptions({ board }: { board: Board }) {
  const exemptions = useExemptions(board.connection);
  const [problem, setProblem] = useState<HostError | null>(null);
  const endIt = (exemption: Exemption) => {
    setProblem(null);
    write(() => host.endExemption(exemption.id), [keys.board(board.connection)]).catch((thrown: unknown) =>
      setProblem(asHostError(thrown)),
    );
  };
  const all = exemptions.data ?? [];
  return (
    <section aria-label="Exemptions">
      <h3 className={styles.sectionTitle}>Exempt</h3>
      {problem !== null && <ErrorBanner title="The exemption did not end." error={problem} />}
      {all.length === 0 ? (
        <p className={styles.faint}>
          Nobody by name. Select people in the list and choose Exempt to keep them out, with a reason.
        </p>
      ) : (
        <ul className={styles.sources}>
          {all.map((one) => (
            <li key={one.id} className={styles.source}>
              <div className={styles.sourceWords}>
                <p>
                  <strong>{one.who}</strong>{" "}
                  {one.people !== 1 && <span className={styles.faint}>{people(one.people)}</span>}
                </p>
                <p className={styles.faint}>
                  {one.reason} · {one.until === null ? "until you end it" : `until ${date(one.until)}`}
                  {one.origin === "answer" && " · from an answer"}
                </p>
              </div>
              <IconButton
                size="s"
                label={`End the exemption of ${one.who}`}
                icon={<Trash2 aria-hidden="true" />}
                onPress={() => endIt(one)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
