export { ReviewScreen, reviewCommands } from "./ReviewScreen";
