import { type ComponentType, lazy } from "react";

export { reclaimCommands } from "./commands";

/** Read when it is opened: it draws with a library that is a quarter of all the page's code, and the first rows don't wait for it. */
export const ReclaimScreen: ComponentType = lazy(async () => ({
  default: (await import("./ReclaimScreen")).ReclaimScreen,
}));
