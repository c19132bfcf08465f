import { create } from "zustand";
import { asHostError, type ConnectionId, type HostError, host, onNews, type SyncProgress } from "../host";
import { announce } from "./announce";

export interface Syncing {
  /** Null until the first page has come. */
  progress: SyncProgress | null;
  cancelling: boolean;
}

interface SyncState {
  running: ReadonlyMap<ConnectionId, Syncing>;
  /** How the last one ended, where it did not end well. */
  failed: ReadonlyMap<ConnectionId, HostError>;
  /** Begun since the launch, whatever came of it. */
  begun: ReadonlySet<ConnectionId>;
  begin: (connection: ConnectionId) => void;
  advance: (progress: SyncProgress) => void;
  cancel: (connection: ConnectionId) => void;
  end: (connection: ConnectionId, error: HostError | null) => void;
}

function having(
  running: ReadonlyMap<ConnectionId, Syncing>,
  connection: ConnectionId,
  syncing: Syncing,
): ReadonlyMap<ConnectionId, Syncing> {
  return new Map(running).set(connection, syncing);
}

function without<T>(
  map: ReadonlyMap<ConnectionId, T>,
  connection: ConnectionId,
): ReadonlyMap<ConnectionId, T> {
  if (!map.has(connection)) {
    return map;
  }
  const rest = new Map(map);
  rest.delete(connection);
  return rest;
}

/** Syncs under way, by connection; fed by the host's news. */
export const useSync = create<SyncState>()((set) => ({
  running: new Map(),
  failed: new Map(),
  begun: new Set(),
  begin: (connection) =>
    set((now) => ({
      begun: new Set(now.begun).add(connection),
      failed: without(now.failed, connection),
      running: having(
        now.running,
        connection,
        now.running.get(connection) ?? { progress: null, cancelling: false },
      ),
    })),
  advance: (progress) =>
    set((now) => ({
      running: having(now.running, progress.connection, {
        progress,
        cancelling: now.running.get(progress.connection)?.cancelling ?? false,
      }),
    })),
  cancel: (connection) =>
    set((now) => {
      const syncing = now.running.get(connection);
      return syncing === undefined
        ? {}
        : { running: having(now.running, connection, { ...syncing, cancelling: true }) };
    }),
  end: (connection, error) =>
    set((now) => ({
      running: without(now.running, connection),
      failed: error === null ? without(now.failed, connection) : new Map(now.failed).set(connection, error),
    })),
}));

/** Begins a sync, unless one is under way; its progress and end come as news. */
export function startSync(connection: ConnectionId): void {
  if (useSync.getState().running.has(connection)) {
    return;
  }
  useSync.getState().begin(connection);
  host.startSync(connection).catch((thrown: unknown) => {
    const error = asHostError(thrown);
    useSync.getState().end(connection, error);
    announce(error.message);
  });
}

export function cancelSync(connection: ConnectionId): void {
  useSync.getState().cancel(connection);
  host.cancelSync(connection).catch((thrown: unknown) => {
    announce(asHostError(thrown).message);
  });
}

/** Keeps the state of syncs true to the host's news. Called once. */
export function followSync(): () => void {
  const stops = [
    onNews("syncProgress", (progress) => useSync.getState().advance(progress)),
    onNews("syncEnded", ({ connection, error }) => {
      const wanted = error !== null && error.code !== "cancelled";
      useSync.getState().end(connection, wanted ? asHostError(error) : null);
    }),
  ];
  return () => {
    for (const stop of stops) {
      stop();
    }
  };
}
