export { FirstSync, useFirstSync } from "./FirstSync";
export { SyncStatus } from "./SyncStatus";
