export { RunBars } from "./RunBar";
export { RunScreen } from "./RunScreen";
