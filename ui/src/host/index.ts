export { Channel } from "@tauri-apps/api/core";
export type * from "./bindings";
export { host } from "./call";
export { changed, client, write } from "./client";
export { asHostError, HostError } from "./errors";
export { followNews, onNews } from "./events";
export { keys } from "./keys";
export * from "./queries";
