import { screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useWindow } from "../state";
import { show, withHost } from "../test/host";
import { openPlan } from "./openPlan";
import { PlanProblem } from "./PlanProblem";

beforeEach(() => useWindow.setState({ connection: 1, screen: "people", plan: null }));

describe("opening a plan file", () => {
  it("lands in review, in the connection it is for", async () => {
    const asked = withHost({
      read_plan: () => ({ id: 9, connection: 2 }),
      preferences: () => ({}),
      keep_preferences: () => null,
    });
    openPlan();
    await vi.waitFor(() => expect(useWindow.getState().screen).toBe("review"));
    expect(useWindow.getState()).toMatchObject({ connection: 2, plan: 9 });
    expect(asked[0]?.args, "the connection on screen is meant where several fit").toEqual({ wanted: 1 });
  });

  it("changes nothing when the dialog is dismissed", async () => {
    const asked = withHost({ read_plan: () => null });
    openPlan();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(useWindow.getState().screen).toBe("people");
  });

  it("says why a file does not fit, and what to do", async () => {
    withHost({
      read_plan: () => {
        throw {
          code: "precondition",
          message: "This plan is for Other at https://other.example, and no connection here goes there.",
          detail: null,
        };
      },
    });
    show(<PlanProblem />);
    openPlan();
    expect((await screen.findByRole("alert")).textContent).toContain("no connection here goes there");
    expect(useWindow.getState().screen).toBe("people");
  });
});
