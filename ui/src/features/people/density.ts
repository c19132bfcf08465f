import { client, keys, type Preferences } from "../../host";
import { changePreferences, useWindow } from "../../state";
import { usePeople } from "./store";

const ofWindow = (): boolean => client.getQueryData<Preferences>(keys.preferences())?.compact ?? false;

/** A saved view has a density of its own; everywhere else the window's holds. */
function isOwn(): boolean {
  const { screen, savedView } = useWindow.getState();
  return screen === "people" && savedView !== null;
}

export function isCompact(): boolean {
  return (isOwn() ? usePeople.getState().compact : null) ?? ofWindow();
}

export function changeDensity(): void {
  const compact = !isCompact();
  if (isOwn()) usePeople.getState().setCompact(compact);
  else changePreferences({ compact });
}
