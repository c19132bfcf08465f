export { peopleCommands } from "./commands";
export { changeDensity, isCompact } from "./density";
export { PeopleScreen } from "./PeopleScreen";
export { SavedViews } from "./SavedViews";
