import { mockIPC } from "@tauri-apps/api/mocks";
import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { client, followNews, keys } from ".";
import { type Directory, type DraftSummary, events } from "./bindings";

function directory(followsDraft: boolean): Directory {
  const view = { id: 1, name: "Mine", people: 3, followsDraft };
  return { people: 9, attributes: [], columns: [], views: [view] } as unknown as Directory;
}

it("counts the saved views again after an edit only where one of them asks for staged people", async () => {
  mockIPC(() => null, { shouldMockEvents: true });
  client.clear();
  const stop = followNews();
  const edited = async (changes: number) => {
    const draft = { changes } as DraftSummary;
    await events.draftChanged.emit({ connection: 1, draft });
    await waitFor(() => expect(client.getQueryData(keys.draft(1))).toEqual(draft));
  };
  const old = () => client.getQueryState(keys.directory(1))?.isInvalidated;
  client.setQueryData(keys.directory(1), directory(false));
  await edited(1);
  expect(old()).toBe(false);
  client.setQueryData(keys.directory(1), directory(true));
  await edited(2);
  expect(old()).toBe(true);
  stop();
});
