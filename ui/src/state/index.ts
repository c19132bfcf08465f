export { announce, useAnnouncement } from "./announce";
export { useSelection } from "./selection";
export { type HistoryFocus, type Panel, type Screen, useWindow, type WindowState } from "./window";
