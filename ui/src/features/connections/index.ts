export { ConnectionScreen } from "./ConnectionScreen";
export { ConnectScreen } from "./ConnectScreen";
