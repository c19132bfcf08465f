import { FileText } from "lucide-react";
import { Button, type ButtonProps, Figure, MenuButton, MenuItem, MenuSection } from "../components";
import { money } from "../format";
import { asHostError, type HostError, host, type ReportFormat, type Run, useFreedWorth } from "../host";
import { announce } from "../state";

/** Whether there is something to report on a run: it is over, and seats were freed. */
export function freedSeats(run: Run): boolean {
  return run.finishedAt !== null && run.seatsFreed !== null && run.seatsFreed > 0;
}

/** What the seats a run freed cost a year, where a price was known when it began. */
export function FreedWorth({ run }: { run: Run }) {
  const worth = useFreedWorth(run.id).data;
  return worth ? <Figure value={money(worth.money, worth.currency)} caption="a year" /> : null;
}

/** What a run freed, for finance and the works council, with names or without. */
export function SeatsReport({
  run,
  variant,
  onFailure,
}: {
  run: Run;
  variant?: ButtonProps["variant"];
  onFailure: (error: HostError) => void;
}) {
  const write = (format: ReportFormat, withNames: boolean) => {
    host.writeReclaimReport(run.id, format, withNames).then(
      (written) => {
        if (written) announce("Report written");
      },
      (thrown: unknown) => onFailure(asHostError(thrown)),
    );
  };
  return (
    <MenuButton
      label="Write the report"
      placement="bottom end"
      button={
        <Button variant={variant} icon={<FileText aria-hidden="true" />}>
          Write the report
        </Button>
      }
    >
      <MenuSection title={run.title}>
        <MenuItem onAction={() => write("html", true)}>Web page, with names</MenuItem>
        <MenuItem onAction={() => write("html", false)}>Web page, without names</MenuItem>
        <MenuItem onAction={() => write("xlsx", true)}>Excel workbook, with names</MenuItem>
        <MenuItem onAction={() => write("xlsx", false)}>Excel workbook, without names</MenuItem>
      </MenuSection>
    </MenuButton>
  );
}
