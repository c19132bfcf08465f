import type { State } from "../../components";
import { number, people } from "../../format";
import type { Group, GroupSummary, Plan } from "../../host";

interface GroupLook {
  title: string;
  glyph: State;
  tone: "held" | "removed" | "plain" | "added" | "faint";
}

export const GROUPS: Record<Group, GroupLook> = {
  blocked: { title: "Blocked", glyph: "failed", tone: "removed" },
  held: { title: "Held", glyph: "held", tone: "held" },
  deletions: { title: "Deletions", glyph: "removed", tone: "removed" },
  deactivations: { title: "Deactivations", glyph: "removed", tone: "removed" },
  manager_changes: { title: "Manager changes", glyph: "staged", tone: "plain" },
  identifier_changes: { title: "Identifier changes", glyph: "staged", tone: "plain" },
  cleared_values: { title: "Cleared values", glyph: "staged", tone: "plain" },
  creations: { title: "Creations", glyph: "added", tone: "added" },
  activations: { title: "Activations", glyph: "added", tone: "added" },
  other_changes: { title: "Other changes", glyph: "staged", tone: "plain" },
  same: { title: "Already so", glyph: "same", tone: "faint" },
};

/** "211 people · 209 seats", "3 people, left out until decided" */
export function groupCaption(summary: GroupSummary): string {
  const parts = [people(summary.people)];
  if (summary.group === "held") {
    parts[0] += ", left out until decided";
  } else if (summary.group === "blocked") {
    parts[0] += ", can’t be done as it stands";
  } else if (summary.group === "same") {
    parts[0] += ", nothing to send";
  }
  if (summary.seats > 0) {
    parts.push(`${number(summary.seats)} ${summary.seats === 1 ? "seat" : "seats"}`);
  }
  if (summary.leftOut > 0) {
    parts.push(`${number(summary.leftOut)} left out`);
  }
  return parts.join(" · ");
}

export interface Tally {
  included: number;
  held: number;
  blocked: number;
  leftOut: number;
}

/** What goes and what stays, in items. */
export function tally(plan: Plan): Tally {
  const sum = { included: 0, held: 0, blocked: 0, leftOut: 0 };
  for (const group of plan.groups) {
    if (group.group === "held") {
      sum.held += group.items;
    } else if (group.group === "blocked") {
      sum.blocked += group.items;
    } else if (group.group !== "same") {
      sum.included += group.items - group.leftOut;
      sum.leftOut += group.leftOut;
    }
  }
  return sum;
}

/** How many of a group are shown before it is opened. */
export const FIRST_OF_GROUP = 4;

export type ReviewRow =
  | { kind: "heading"; summary: GroupSummary }
  | { kind: "item"; group: Group; index: number }
  | { kind: "more"; group: Group; hidden: number };

/** Everything below the banner as one list: headings, items, and the rest of a group as one line. */
export function reviewRows(groups: readonly GroupSummary[], opened: ReadonlySet<Group>): ReviewRow[] {
  const rows: ReviewRow[] = [];
  for (const summary of groups) {
    if (summary.items === 0) {
      continue;
    }
    rows.push({ kind: "heading", summary });
    // One line that says "show the other one" would take the room of that one.
    const whole = opened.has(summary.group) || summary.items <= FIRST_OF_GROUP + 1;
    const shown = whole ? summary.items : FIRST_OF_GROUP;
    for (let index = 0; index < shown; index += 1) {
      rows.push({ kind: "item", group: summary.group, index });
    }
    if (!whole) {
      rows.push({ kind: "more", group: summary.group, hidden: summary.items - shown });
    }
  }
  return rows;
}
