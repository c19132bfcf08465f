import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Plan, PlanId, PlanItem } from "../../host";
import { show, withHost } from "../../test/host";
import { ItemRow } from "./Rows";

const item = (over: Partial<PlanItem>): PlanItem => ({
  position: 3,
  wave: 0,
  row: 12,
  name: "Ana Ruiz",
  group: "held",
  verdict: "held",
  sentence: "Ana Ruiz moves from Sales to Atelier",
  reason: "Department was Sales when this was staged and is Legal now",
  fix: "keep_or_take",
  fields: [
    {
      attribute: 2,
      label: "Department",
      before: "Sales",
      beforeShown: null,
      after: "Atelier",
      afterShown: null,
      moved: false,
      now: null,
      nowShown: null,
      newSegment: true,
    },
  ],
  leftOut: false,
  note: null,
  ...over,
});

function row(over: Partial<PlanItem>, fromDraft = true) {
  const asked = withHost({
    plan_page: () => ({ group: "held", total: 1, start: 0, items: [item(over)] }),
    remove_from_draft: () => ({ id: 8 }),
  });
  show(
    <ItemRow
      plan={7}
      group="held"
      index={0}
      line={0}
      requests={false}
      fromDraft={fromDraft}
      onMove={() => undefined}
      onAct={(act: (plan: PlanId) => Promise<Plan>) => void act(7)}
      onAgain={() => undefined}
    />,
  );
  return asked;
}

describe("a line of the review", () => {
  it("lets what is held, blocked or so already go from the draft", async () => {
    for (const verdict of ["held", "blocked", "same"] as const) {
      const asked = row({ verdict, fix: null });
      await userEvent
        .setup()
        .click(
          (
            await screen.findAllByRole("button", { name: "Remove from the draft: Ana Ruiz" })
          )[0] as HTMLElement,
        );
      expect(asked.find((one) => one.command === "remove_from_draft")?.args).toEqual({
        plan: 7,
        position: 3,
      });
      cleanup();
    }
  });

  it("shows the third value, also where there is none any more", async () => {
    const [field] = item({}).fields;
    row({ fields: field === undefined ? [] : [{ ...field, moved: true }] });
    await userEvent.setup().click(await screen.findByRole("button", { name: /moves from Sales to Atelier/ }));
    expect(screen.getByText(/now empty/)).toBeTruthy();
  });

  it("offers that only of the draft: a plan from a file has no other place", async () => {
    row({}, false);
    await screen.findByRole("button", { name: "Keep mine: Ana Ruiz" });
    expect(screen.queryByRole("button", { name: /Remove from the draft/ })).toBeNull();
  });

  it("marks a value that nobody has yet", async () => {
    row({ verdict: "change", fix: null, reason: null });
    await userEvent.setup().click(await screen.findByRole("button", { name: /moves from Sales to Atelier/ }));
    expect(screen.getByText(/new segment/)).toBeTruthy();
  });
});
