import { RunBars } from "../features/runs";
import { useWindow } from "../state";
import { DraftBar } from "./DraftBar";
import { Parking } from "./Parked";
import { PlanProblem } from "./PlanProblem";

/** What stands below every screen: the run under way, which review has above its own footer, and the draft. */
export function Bars() {
  const screen = useWindow((state) => state.screen);
  return (
    <>
      {screen !== "review" && <RunBars />}
      <DraftBar />
      <Parking />
      <PlanProblem />
    </>
  );
}
