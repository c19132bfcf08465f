export { RunBar } from "./RunBar";
export { RunScreen } from "./RunScreen";
