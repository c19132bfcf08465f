import { Progress } from "../../components";
import type { Run } from "../../host";
import { ended } from "./sentences";

/** How much of a run is sent, and how much has ended. */
export function RunProgress({ run, className }: { run: Run; className?: string }) {
  return (
    <Progress
      label={run.title}
      value={ended(run)}
      begun={run.sent}
      max={run.total}
      tone={run.status === "paused" ? "paused" : "accent"}
      className={className}
    />
  );
}
