import type { Command } from "../../commands";

export { PersonPanel } from "./PersonPanel";

export const personCommands: readonly Command[] = [];
