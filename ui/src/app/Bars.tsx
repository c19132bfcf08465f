import { RunBar } from "../features/runs";
import { DraftBar } from "./DraftBar";
import { Parking } from "./Parked";
import { PlanProblem } from "./PlanProblem";

/** What stands below every screen: the run under way, and the draft. */
export function Bars() {
  return (
    <>
      <RunBar />
      <DraftBar />
      <Parking />
      <PlanProblem />
    </>
  );
}
