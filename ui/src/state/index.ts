export { announce, useAnnouncement } from "./announce";
export { applyLook, changePreferences } from "./preferences";
export { useSelection } from "./selection";
export { cancelSync, followSync, type Syncing, startSync, useSync } from "./sync";
export { openSample, turnTo } from "./turn";
export { type HistoryFocus, type Panel, type Screen, useWindow, type WindowState } from "./window";
