export {
  allCommands,
  type Command,
  type CommandGroup,
  clashes,
  findCommand,
  hearKeys,
  isAvailable,
  isTextField,
  keysOf,
  registerCommands,
  runCommand,
  type Scope,
  titleOf,
  useCatalogue,
  useCommands,
} from "./catalogue";
export { ariaKeys, isMac, keyCaps, matches, parseKeys } from "./keys";
