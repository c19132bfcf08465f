export { reclaimCommands } from "./commands";
export { ReclaimScreen } from "./ReclaimScreen";
