import type { ComponentType } from "react";
import type { Command } from "../commands";
import { ConnectionScreen, ConnectScreen } from "../features/connections";
import { HistoryScreen } from "../features/history";
import { PeopleScreen, peopleCommands } from "../features/people";
import { personCommands } from "../features/person";
import { ReclaimScreen, reclaimCommands } from "../features/reclaim";
import { ReviewScreen, reviewCommands } from "../features/review";
import { RunBars, RunScreen } from "../features/runs";
import { SettingsScreen } from "../features/settings";
import { FirstSync, useFirstSync } from "../features/sync";
import { WelcomeScreen } from "../features/welcome";
import type { Screen } from "../state";

/** People, or how far the first listing has come while there are none. */
function People() {
  return useFirstSync() ? <FirstSync /> : <PeopleScreen />;
}

/** With what goes on above the footer, so that the button to confirm stays where it is. */
function Review() {
  return <ReviewScreen aboveFooter={<RunBars />} />;
}

export const SCREENS: Record<Screen, ComponentType> = {
  welcome: WelcomeScreen,
  connect: ConnectScreen,
  people: People,
  reclaim: ReclaimScreen,
  history: HistoryScreen,
  review: Review,
  run: RunScreen,
  connection: ConnectionScreen,
  settings: SettingsScreen,
};

export const featureCommands: readonly Command[] = [
  ...peopleCommands,
  ...personCommands,
  ...reviewCommands,
  ...reclaimCommands,
];
