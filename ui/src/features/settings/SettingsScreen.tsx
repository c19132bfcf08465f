import { Monitor, Moon, Sun } from "lucide-react";
import { type ReactNode, useId } from "react";
import { CommandButton, ErrorBanner, Segmented } from "../../components";
import { asHostError, type Theme, useAbout, usePreferences } from "../../host";
import { changePreferences } from "../../state";
import styles from "./Settings.module.css";

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id} className={styles.heading}>
        {title}
      </h2>
      <div className={styles.fields}>{children}</div>
    </section>
  );
}

export function SettingsScreen() {
  const preferences = usePreferences();
  const about = useAbout();
  const theme: Theme = preferences.data?.theme ?? "system";
  return (
    <div className={styles.scroll}>
      <div className={styles.settings}>
        <h1 className={styles.title}>Settings</h1>
        {preferences.isError && (
          <ErrorBanner title="The settings could not be read." error={asHostError(preferences.error)} />
        )}
        <div className={styles.sections}>
          <Section title="Look">
            <Segmented
              label="Theme"
              value={theme}
              onChange={(chosen) => changePreferences({ theme: chosen })}
              choices={[
                {
                  value: "system",
                  name: "As the system",
                  label: (
                    <>
                      <Monitor aria-hidden="true" /> As the system
                    </>
                  ),
                },
                {
                  value: "light",
                  name: "Light",
                  label: (
                    <>
                      <Sun aria-hidden="true" /> Light
                    </>
                  ),
                },
                {
                  value: "dark",
                  name: "Dark",
                  label: (
                    <>
                      <Moon aria-hidden="true" /> Dark
                    </>
                  ),
                },
              ]}
            />
            <Segmented
              label="Rows"
              value={preferences.data?.compact === true ? "compact" : "roomy"}
              onChange={(chosen) => changePreferences({ compact: chosen === "compact" })}
              choices={[
                { value: "roomy", label: "Roomy" },
                { value: "compact", label: "Compact" },
              ]}
            />
          </Section>
          <Section title="Keys">
            <p className={styles.text}>Everything can be done by keyboard.</p>
            <CommandButton command="keys" withKeys />
          </Section>
          <Section title="Connections">
            <p className={styles.text}>Name, colour, token and leaver policy belong to each connection.</p>
            <div className={styles.row}>
              <CommandButton command="connection-settings" withKeys />
              <CommandButton command="connect" withKeys />
            </div>
          </Section>
          <Section title="About">
            <dl className={styles.facts}>
              <dt>Version</dt>
              <dd>{about.data?.version ?? ""}</dd>
              <dt>Local data</dt>
              <dd>{about.data?.dataDir ?? ""}</dd>
              <dt>Tokens</dt>
              <dd>
                {about.data === undefined
                  ? ""
                  : about.data.keychain
                    ? "In this computer’s keychain"
                    : "No keychain answers on this computer; tokens last until Muster quits"}
              </dd>
              <dt>Licence</dt>
              <dd>Apache-2.0</dd>
            </dl>
            <p className={styles.text}>
              Muster runs on this computer alone: no server of its own, and nothing is reported to anybody.
            </p>
          </Section>
        </div>
      </div>
    </div>
  );
}
