import { QueryClientProvider } from "@tanstack/react-query";
import { mockIPC } from "@tauri-apps/api/mocks";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { client } from "../host";

export interface Asked {
  command: string;
  args: Record<string, unknown>;
}

/** What the host answers, by command; what it throws is what the page gets as an error. */
export type Answers = Record<string, (args: Record<string, unknown>) => unknown>;

/** Stands in for the host at the boundary, and keeps what it was asked. */
export function withHost(answers: Answers): Asked[] {
  client.clear();
  const asked: Asked[] = [];
  mockIPC((command, payload) => {
    const args = (payload ?? {}) as Record<string, unknown>;
    if (command.startsWith("plugin:event|")) {
      return 1;
    }
    asked.push({ command, args });
    const answer = answers[command];
    if (answer === undefined) {
      throw { code: "failed", message: `The test has no answer to ${command}.`, detail: null };
    }
    return answer(args);
  });
  return asked;
}

export function show(page: ReactElement) {
  return render(<QueryClientProvider client={client}>{page}</QueryClientProvider>);
}
