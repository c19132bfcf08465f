export { peopleCommands } from "./commands";
export { PeopleScreen } from "./PeopleScreen";
export { SavedViews } from "./SavedViews";
