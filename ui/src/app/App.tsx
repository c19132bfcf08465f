import { Suspense, useEffect, useState } from "react";
import { I18nProvider } from "react-aria-components";
import { hearKeys, registerCommands } from "../commands";
import { ErrorState } from "../components";
import { locale } from "../format";
import {
  asHostError,
  client,
  followNews,
  keys,
  useConnection,
  useConnections,
  usePreferences,
} from "../host";
import { applyLook, followSync, useAnnouncement, useWindow } from "../state";
import styles from "./App.module.css";
import { Bars } from "./Bars";
import { KeysOverlay } from "./KeysOverlay";
import { PanelSlot } from "./PanelSlot";
import { Rail } from "./Rail";
import { featureCommands, SCREENS } from "./screens";
import { shellCommands } from "./shellCommands";
import { TopBar } from "./TopBar";

/** Screens that fill the window below the top bar, without rail and bars. */
const BARE = new Set(["welcome", "connect"]);

function useDark(theme: "system" | "light" | "dark"): boolean {
  const [systemDark, setSystemDark] = useState(
    () => window.matchMedia("(prefers-color-scheme: dark)").matches,
  );
  useEffect(() => {
    const query = window.matchMedia("(prefers-color-scheme: dark)");
    const heard = () => setSystemDark(query.matches);
    query.addEventListener("change", heard);
    return () => query.removeEventListener("change", heard);
  }, []);
  return theme === "system" ? systemDark : theme === "dark";
}

/** Picks the screen to begin with, once what there is is known. */
function useFirstScreen(): boolean {
  const connections = useConnections();
  const preferences = usePreferences();
  const ready = connections.isSuccess && !preferences.isPending;
  const [begun, setBegun] = useState(false);
  useEffect(() => {
    if (!ready || begun) {
      return;
    }
    const known = connections.data ?? [];
    const last = known.find((connection) => connection.id === preferences.data?.lastConnection) ?? known[0];
    if (last !== undefined) {
      useWindow.getState().use(last.id);
      useWindow.getState().go("people");
    }
    setBegun(true);
  }, [ready, begun, connections.data, preferences.data]);
  return begun;
}

export function App() {
  const screen = useWindow((state) => state.screen);
  const connectionId = useWindow((state) => state.connection);
  const connection = useConnection(connectionId);
  const connections = useConnections();
  const preferences = usePreferences();
  const dark = useDark(preferences.data?.theme ?? "system");
  const compact = preferences.data?.compact ?? false;
  const band = connection?.colour ?? "grey";
  const begun = useFirstScreen();

  useEffect(() => applyLook({ dark, compact, band }), [dark, compact, band]);
  useEffect(() => followNews(), []);
  useEffect(() => followSync(), []);
  useEffect(() => hearKeys(document), []);
  useEffect(() => registerCommands([...shellCommands, ...featureCommands]), []);

  if (connections.isError) {
    return (
      <ErrorState
        title="Muster could not open its data"
        error={asHostError(connections.error)}
        onRetry={() => void client.invalidateQueries({ queryKey: keys.connections() })}
      />
    );
  }
  const Screen = SCREENS[screen];
  const bare = BARE.has(screen);
  return (
    <I18nProvider locale={locale}>
      <div className={styles.window}>
        <div className={styles.band} />
        <TopBar />
        <div className={styles.body}>
          {!bare && <Rail />}
          <div className={styles.middle}>
            <main className={styles.main} id="main" tabIndex={-1}>
              <Suspense>{begun && <Screen />}</Suspense>
            </main>
            {!bare && <Bars />}
          </div>
          {!bare && <PanelSlot />}
        </div>
        <KeysOverlay />
        <LiveRegion />
      </div>
    </I18nProvider>
  );
}

function LiveRegion() {
  const { words, turn } = useAnnouncement();
  return (
    <div aria-live="polite" className="visually-hidden">
      {/* A trailing space makes the same words new. */}
      {turn % 2 === 0 ? words : `${words} `}
    </div>
  );
}
