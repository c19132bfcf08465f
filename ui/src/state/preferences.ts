import { asHostError, client, host, keys, type Preferences } from "../host";
import { announce } from "./announce";

/** Changes some preferences: seen at once, kept by the host. */
export function changePreferences(change: Partial<Preferences>): void {
  const now = client.getQueryData<Preferences>(keys.preferences());
  if (now === undefined) {
    return;
  }
  const next = { ...now, ...change };
  client.setQueryData(keys.preferences(), next);
  host.keepPreferences(next).catch((thrown: unknown) => {
    announce(asHostError(thrown).message);
  });
}

/** Puts theme, density and the connection's colour on the page's root, where the tokens look. */
export function applyLook(look: { dark: boolean; compact: boolean; band: string }): void {
  const root = document.documentElement;
  root.dataset.theme = look.dark ? "dark" : "light";
  root.dataset.density = look.compact ? "compact" : "regular";
  root.dataset.band = look.band;
}
