export { ReclaimScreen, reclaimCommands } from "./ReclaimScreen";
