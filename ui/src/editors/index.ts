export type { EditExit } from "./Combo";
export { type DateOrder, type DateReading, echoDate, localeOrder, readDate } from "./dates";
export { type Edited, useEveryone, ValueEditor, type ValueEditorProps } from "./ValueEditor";
