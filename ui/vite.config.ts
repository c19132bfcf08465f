import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The window's content security policy allows scripts from the app itself only: nothing may be inlined.
export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { port: 1420, strictPort: true, host: "127.0.0.1" },
  build: {
    target: "safari16",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  test: {
    restoreMocks: true,
    unstubGlobals: true,
    // A busy machine is slow, not wrong.
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "rules",
          include: ["src/**/*.test.ts"],
          environment: "node",
          setupFiles: ["src/test/seed.ts"],
        },
      },
      {
        extends: true,
        resolve: { alias: [{ find: /^zustand$/, replacement: "/src/test/zustand.ts" }] },
        test: {
          name: "screens",
          include: ["src/**/*.test.tsx"],
          environment: "jsdom",
          // Each sets the host and the page up for itself, and finds the stores as new; what they import is read once.
          isolate: false,
          setupFiles: ["src/test/seed.ts", "src/test/setup.ts"],
        },
      },
    ],
  },
});
