import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { show } from "../test/host";
import { NoticeBox } from "./Floats";
import type { Notice } from "./notices";

const notice = (sentences: number): Notice => ({
  tone: "bad",
  text: "Nobody was added to the draft",
  more: Array.from({ length: sentences }, (_, at) => `Row ${at + 1} could not be read.`),
});

it("says what came of an act, the first sentences at once and the rest when asked for", async () => {
  const putAway = vi.fn();
  show(<NoticeBox notice={notice(12)} onPutAway={putAway} />);
  const user = userEvent.setup();
  expect(screen.getAllByRole("listitem")).toHaveLength(5);
  await user.click(screen.getByRole("button", { name: "Show 7 more" }));
  expect(screen.getAllByRole("listitem")).toHaveLength(12);
  await user.click(screen.getByRole("button", { name: "Put away" }));
  expect(putAway).toHaveBeenCalledOnce();
});

it("folds the next notice again, and is not there without one", async () => {
  const page = show(<NoticeBox notice={notice(12)} onPutAway={() => undefined} />);
  await userEvent.setup().click(screen.getByRole("button", { name: "Show 7 more" }));
  page.rerender(<NoticeBox notice={notice(9)} onPutAway={() => undefined} />);
  expect(screen.getAllByRole("listitem"), "what was unfolded was another notice").toHaveLength(5);
  page.rerender(<NoticeBox notice={null} onPutAway={() => undefined} />);
  expect(screen.queryByRole("region", { name: "Notice" })).toBeNull();
});
