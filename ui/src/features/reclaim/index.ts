export { ReclaimScreen } from "./ReclaimScreen";
