import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it } from "vitest";
import { withHost } from "../test/host";
import { client, putNews, putRun, type Run, useRun } from ".";

const run = { id: 3, connection: 1 } as Run;
const running: Run = { ...run, asOf: 4, status: "running" };
const done: Run = { ...run, asOf: 5, status: "done" };

/** Everything asked for is answered, and what came of it is drawn. */
async function settled() {
  await waitFor(() => expect(client.isFetching()).toBe(0));
  await act(() => new Promise((drawn) => setTimeout(drawn)));
}

it("believes the later snapshot of a run, in whichever order they arrive", async () => {
  let answer: (run: Run) => void = () => undefined;
  const asked = withHost({
    run: () =>
      new Promise<Run>((resolve) => {
        answer = resolve;
      }),
    open_run: () => null,
  });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useRun(3).data?.status, { wrapper });
  await waitFor(() => expect(asked).toHaveLength(1));
  // The answer was read while the run went on, and arrives after the news of its end.
  act(() => putNews(done));
  await waitFor(() => expect(result.current).toBe("done"));
  answer(running);
  await settled();
  expect(result.current, "an answer that was overtaken").toBe("done");
  putRun(running);
  await waitFor(() => expect(asked.length).toBeGreaterThan(1));
  answer(running);
  await settled();
  expect(result.current, "what a press of Resume answered").toBe("done");
  act(() => putNews({ ...running, asOf: 6 }));
  await waitFor(() => expect(result.current, "tried again later").toBe("running"));
});
