import type { Command } from "../../commands";

export { PeopleScreen } from "./PeopleScreen";

export const peopleCommands: readonly Command[] = [];
