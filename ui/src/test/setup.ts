import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";
import { resetStores } from "./zustand";

afterEach(() => {
  cleanup();
  document.body.replaceChildren();
  resetStores();
});

// What comes later is waited for, on a machine that does much else too; what does not come fails all the same.
configure({ asyncUtilTimeout: 15_000 });

// jsdom has no layout and no media queries; the page asks for both.
if (typeof window.matchMedia !== "function") {
  window.matchMedia = (query: string) =>
    ({
      matches: false,
      media: query,
      onchange: null,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      addListener: () => undefined,
      removeListener: () => undefined,
      dispatchEvent: () => false,
    }) as MediaQueryList;
}

// Nor has it CSS.escape, which menus ask for.
if (typeof globalThis.CSS === "undefined") {
  globalThis.CSS = { escape: (text: string) => text } as typeof CSS;
}
