import { RunBar } from "../features/runs";
import { DraftBar } from "./DraftBar";

/** What stands below every screen: the run under way, and the draft. */
export function Bars() {
  return (
    <>
      <RunBar />
      <DraftBar />
    </>
  );
}
