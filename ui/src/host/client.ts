import { QueryClient, type QueryKey } from "@tanstack/react-query";

/** Answers come from a local engine and are kept true by news, so nothing goes stale by itself. */
export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 5 * 60_000,
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: "always",
    },
    mutations: { networkMode: "always", retry: false },
  },
});

/** Says that what these keys show is other than before. */
export function changed(keys: readonly QueryKey[]): Promise<void> {
  return Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))).then(() => undefined);
}

/** A write from outside a component: does it, then says what it changed. */
export async function write<T>(act: () => Promise<T>, changes: readonly QueryKey[]): Promise<T> {
  try {
    return await act();
  } finally {
    await changed(changes);
  }
}
