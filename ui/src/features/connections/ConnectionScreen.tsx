import { type ReactNode, useEffect, useId, useState } from "react";
import {
  Banner,
  Button,
  CommandButton,
  EmptyState,
  ErrorBanner,
  Skeleton,
  Switch,
  TextField,
} from "../../components";
import { synced } from "../../directory/synced";
import { exactly, number, people } from "../../format";
import {
  type Capabilities,
  type Connection,
  type ConnectionChange,
  host,
  keys,
  type TokenPlace,
  useAbout,
  useConnection,
  useConnections,
  useDirectory,
  useWrite,
} from "../../host";
import { announce, startSync, useSync, useWindow } from "../../state";
import { ColourPicker } from "./ColourPicker";
import styles from "./Connections.module.css";
import { ForgetDialog } from "./ForgetDialog";
import { ProtectedPeople } from "./ProtectedPeople";
import { bareToken } from "./paste";
import { TestSteps } from "./TestSteps";
import { useTest } from "./useTest";

/** One connection: its name, colour, token, leaver policy and what its service can do. */
export function ConnectionScreen() {
  const id = useWindow((state) => state.connection);
  const connections = useConnections();
  const connection = useConnection(id);
  if (connections.isPending) {
    return <Skeleton />;
  }
  if (connection === null) {
    return (
      <EmptyState title="No connection" action={<CommandButton variant="primary" command="connect" />}>
        A connection is one SCIM service with one token.
      </EmptyState>
    );
  }
  return <Settings key={connection.id} connection={connection} />;
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id} className={styles.sectionTitle}>
        {title}
      </h2>
      <div className={styles.fields}>{children}</div>
    </section>
  );
}

/** A text that is kept when the field is left or Enter is pressed, and reverts with Esc. */
function KeptText({
  label,
  value,
  description,
  error,
  className,
  onKeep,
  placeholder,
}: {
  label: string;
  value: string;
  description?: string;
  error?: string | null;
  className?: string;
  placeholder?: string;
  onKeep: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const keep = () => {
    if (text.trim() !== value) {
      onKeep(text.trim());
    }
  };
  return (
    <TextField
      label={label}
      value={text}
      onChange={setText}
      description={description}
      error={error}
      className={className}
      placeholder={placeholder}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          keep();
        } else if (event.key === "Escape") {
          setText(value);
        } else {
          event.continuePropagation();
        }
      }}
    />
  );
}

function Settings({ connection }: { connection: Connection }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [forgetting, setForgetting] = useState(false);
  const directory = useDirectory(connection.id).data;
  const change = useWrite(
    (wanted: ConnectionChange) => host.changeConnection(connection.id, wanted),
    () => [keys.connections()],
  );
  const keep = (wanted: ConnectionChange) => {
    setProblem(null);
    change.mutate(wanted, { onError: (error) => setProblem(error.message) });
  };
  const { policy } = connection;
  const separation = directory?.attributes.find((attribute) => attribute.role === "separation_date");
  return (
    <div className={styles.scroll}>
      <div className={styles.settings}>
        <header className={styles.head}>
          <h1 className={styles.title}>{connection.name}</h1>
          <p className={styles.lead}>
            {people(connection.people)}
            {connection.syncedAt !== null && (
              <span title={exactly(connection.syncedAt)}> · {synced(connection, new Date())}</span>
            )}
          </p>
        </header>
        <div className={styles.sections}>
          {problem !== null && (
            <Banner tone="bad" title="Not kept.">
              {problem}
            </Banner>
          )}
          <Section title="Name and colour">
            <KeptText
              label="Name"
              value={connection.name}
              className={styles.half}
              onKeep={(name) => (name === "" ? setProblem("A connection needs a name.") : keep({ name }))}
            />
            <ColourPicker value={connection.colour} onChange={(colour) => keep({ colour })} />
          </Section>
          <TokenSection connection={connection} />
          <Section title="When people leave">
            <p className={styles.hint}>
              Deactivating alone may free no seat: Peakon goes on counting people without a past separation
              date.
            </p>
            <Switch
              isSelected={policy.setSeparationDate && separation !== undefined}
              isDisabled={separation === undefined}
              onChange={(setSeparationDate) => keep({ policy: { ...policy, setSeparationDate } })}
            >
              Set {separation?.label ?? "the separation date"} when deactivating
            </Switch>
            {separation === undefined && (
              <p className={styles.hint}>This service has no separation date, so there is none to set.</p>
            )}
            {separation !== undefined && policy.setSeparationDate && (
              <KeptText
                label="Reason"
                value={policy.separationReason ?? ""}
                className={styles.half}
                placeholder="None"
                description="Written with the date, where the service has an attribute for it."
                onKeep={(reason) =>
                  keep({ policy: { ...policy, separationReason: reason === "" ? null : reason } })
                }
              />
            )}
          </Section>
          <Section title="Protected people">
            <ProtectedPeople connection={connection.id} />
          </Section>
          <Section title="Pace">
            <KeptText
              label="Operations an hour"
              value={String(policy.quota)}
              className={styles.half}
              description="Peakon allows 25,000. Lower it where other systems share the same allowance."
              onKeep={(text) => {
                const quota = Number(text.replace(/[\s.,’']/g, ""));
                if (!Number.isInteger(quota) || quota < 1 || quota > 4_000_000_000) {
                  setProblem(`“${text}” is not a number of operations; a whole number from 1 up is.`);
                } else {
                  keep({ policy: { ...policy, quota } });
                }
              }}
            />
          </Section>
          <Section title="What the service can do">
            <CapabilityList capabilities={connection.capabilities} />
          </Section>
          <Section title="Forget">
            <p className={styles.hint}>
              Removes the token, the local copy of the directory and the draft from this computer. The history
              stays.
            </p>
            <Button variant="quiet-danger" onPress={() => setForgetting(true)}>
              Forget {connection.name}
            </Button>
          </Section>
        </div>
      </div>
      {forgetting && <ForgetDialog connection={connection} onClose={() => setForgetting(false)} />}
    </div>
  );
}

const PLACE: Record<TokenPlace, string> = {
  keychain: "In this computer’s keychain.",
  session: "In memory, until Muster quits.",
  environment: "From the environment, given at each launch.",
};

function TokenSection({ connection }: { connection: Connection }) {
  const keychain = useAbout().data?.keychain ?? true;
  const [open, setOpen] = useState(!connection.tokenReady);
  const [token, setToken] = useState("");
  const { test, run, forget } = useTest();
  const failed = useSync((state) => state.failed.get(connection.id));
  const rekey = useWrite(
    (keep: TokenPlace) => host.rekeyConnection(connection.id, token, keep),
    () => [keys.connections()],
  );
  const give = (keep: TokenPlace) =>
    rekey.mutate(keep, {
      onSuccess: () => {
        setToken("");
        setOpen(false);
        announce("Token replaced");
        startSync(connection.id);
      },
    });
  const noKeychain = rekey.error?.code === "no_keychain";
  return (
    <Section title="Address and token">
      <dl className={styles.facts}>
        <dt>SCIM 2.0 URL</dt>
        <dd>{connection.url}</dd>
        <dt>Token</dt>
        <dd>{connection.tokenReady ? PLACE[connection.token] : "Not there any more: give it again."}</dd>
      </dl>
      {failed?.code === "token" && (
        <Banner tone="warn" title="The last sync was refused.">
          {failed.message}
        </Banner>
      )}
      {open ? (
        <form
          className={styles.wide}
          onSubmit={(event) => {
            event.preventDefault();
            if (token !== "") {
              give(keychain ? "keychain" : "session");
            }
          }}
        >
          <TextField
            label="New OAuth bearer token"
            type="password"
            autoComplete="off"
            autoFocus={connection.tokenReady}
            value={token}
            onChange={(value) => setToken(bareToken(value))}
            className={styles.wide}
            description={
              keychain
                ? "Takes the place of the old one in this computer’s keychain."
                : "No keychain answers on this computer: it is kept until Muster quits."
            }
          />
          <div className={styles.row} style={{ marginTop: 12 }}>
            {connection.tokenReady && (
              <Button
                onPress={() => {
                  setOpen(false);
                  setToken("");
                }}
              >
                Cancel
              </Button>
            )}
            <Button type="submit" variant="primary" isDisabled={token === "" || rekey.isPending}>
              Keep the token
            </Button>
          </div>
        </form>
      ) : (
        <div className={styles.row}>
          <Button
            isDisabled={test.running}
            onPress={() => void run((steps) => host.testSaved(connection.id, steps))}
          >
            {test.running ? "Testing" : test.report === null ? "Test" : "Test again"}
          </Button>
          <Button
            onPress={() => {
              forget();
              setOpen(true);
            }}
          >
            Replace the token
          </Button>
        </div>
      )}
      {noKeychain && (
        <Banner
          tone="warn"
          title="The token could not be kept in the keychain."
          actions={
            <Button size="s" onPress={() => give("session")}>
              This session only
            </Button>
          }
        >
          {rekey.error?.message}
        </Banner>
      )}
      {rekey.error !== null && !noKeychain && (
        <ErrorBanner title="The token was not replaced." error={rekey.error} />
      )}
      {test.error !== null && <ErrorBanner title="The test could not be made." error={test.error} />}
      {(test.running || test.steps.length > 0) && (
        <div className={styles.wide}>
          <TestSteps steps={test.steps} running={test.running} />
        </div>
      )}
    </Section>
  );
}

function singly(patch: boolean | null): string {
  if (patch === null) return "Not said: Muster tries, and sends the whole record where refused";
  return patch ? "Yes" : "No: the whole record is sent with what changes";
}

function CapabilityList({ capabilities }: { capabilities: Capabilities }) {
  const paging = capabilities.cursorPaging
    ? "By cursor"
    : capabilities.indexPaging
      ? "By index"
      : "Not known yet";
  const facts: [string, string][] = [
    ["Changing single attributes", singly(capabilities.patch)],
    [
      "Several changes in one request",
      capabilities.bulkOperations > 0 ? `Up to ${number(capabilities.bulkOperations)}` : "No",
    ],
    [
      "Refusing to overwrite (ETag)",
      capabilities.etag ? "Yes" : "No: Muster compares before it writes, and reads back after",
    ],
    ["Filtering", capabilities.filter ? "Yes" : "No"],
    ["Paging", paging],
    [
      "People on a page",
      capabilities.pageSize > 0 ? `Up to ${number(capabilities.pageSize)}` : "Not known yet",
    ],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
