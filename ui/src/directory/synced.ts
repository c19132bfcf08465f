import { ago } from "../format";
import type { Connection } from "../host";

/** When the directory was last read to its end, and whether that was everybody. */
export function synced({ syncedAt, lastSync }: Pick<Connection, "syncedAt" | "lastSync">, now: Date): string {
  if (syncedAt === null) return lastSync === null ? "Never synced" : "Not read to its end";
  const when = `Synced ${ago(syncedAt, now)}`;
  return lastSync?.complete === false ? `${when}, not whole` : when;
}
