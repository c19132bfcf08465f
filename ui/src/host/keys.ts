import type { ConnectionId, HistoryQuery, PileFilter, PlanId, RowId, RunId } from "./bindings";

/**
 * What is on screen, by name. A read declares its key, a write declares which keys it changes, and news
 * from the host changes the same ones; nobody refetches by hand.
 */
export const keys = {
  connections: () => ["connections"] as const,
  preferences: () => ["preferences"] as const,
  about: () => ["about"] as const,
  directory: (connection: ConnectionId) => ["of", connection, "directory"] as const,
  views: (connection: ConnectionId) => ["of", connection, "view"] as const,
  view: (connection: ConnectionId, query: unknown) => ["of", connection, "view", query] as const,
  facets: (connection: ConnectionId) => ["of", connection, "facet"] as const,
  people: (connection: ConnectionId) => ["of", connection, "person"] as const,
  person: (connection: ConnectionId, row: RowId) => ["of", connection, "person", row] as const,
  rawRecord: (connection: ConnectionId, row: RowId) => ["of", connection, "person", row, "raw"] as const,
  choices: (connection: ConnectionId, text: string, limit: number) =>
    ["of", connection, "person", "choices", text, limit] as const,
  protectedPeople: (connection: ConnectionId) => ["of", connection, "protected"] as const,
  draft: (connection: ConnectionId) => ["of", connection, "draft"] as const,
  draftPages: (connection: ConnectionId) => ["of", connection, "draft-page"] as const,
  parkedDrafts: (connection: ConnectionId) => ["of", connection, "parked-drafts"] as const,
  plan: (plan: PlanId) => ["plan", plan] as const,
  planPages: (plan: PlanId) => ["plan", plan, "page"] as const,
  planRequests: (plan: PlanId, position: number) => ["plan", plan, "requests", position] as const,
  run: (run: RunId) => ["run", run] as const,
  runPages: (run: RunId) => ["run", run, "page"] as const,
  runs: (connection: ConnectionId) => ["of", connection, "runs"] as const,
  openRun: (connection: ConnectionId) => ["of", connection, "open-run"] as const,
  board: (connection: ConnectionId) => ["of", connection, "board"] as const,
  /** Below the board, so that whatever changes it changes these. */
  boardGroups: (connection: ConnectionId, pile: PileFilter) =>
    ["of", connection, "board", "groups", pile] as const,
  exemptions: (connection: ConnectionId) => ["of", connection, "board", "exemptions"] as const,
  freedWorth: (run: RunId) => ["freed-worth", run] as const,
  /** Below the histories, so that whatever changes those changes this. */
  unseen: (connection: ConnectionId) => ["of", connection, "history", "unseen"] as const,
  anchors: () => ["history-anchors"] as const,
  retention: () => ["history-retention"] as const,
  histories: (connection: ConnectionId) => ["of", connection, "history"] as const,
  history: (connection: ConnectionId, query: HistoryQuery) => ["of", connection, "history", query] as const,
} as const;
