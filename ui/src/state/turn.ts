import { type Connection, type ConnectionId, changed, host, keys } from "../host";
import { changePreferences } from "./preferences";
import { startSync } from "./sync";
import { useWindow } from "./window";

/** Turns to a connection and remembers it for the next launch. */
export function turnTo(connection: ConnectionId): void {
  useWindow.getState().use(connection);
  useWindow.getState().go("people");
  changePreferences({ lastConnection: connection });
}

/** Makes or opens the built-in company, and reads it. */
export async function openSample(): Promise<Connection> {
  const connection = await host.openSample();
  await changed([keys.connections()]);
  turnTo(connection.id);
  startSync(connection.id);
  return connection;
}
