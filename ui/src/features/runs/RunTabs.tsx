import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "../../components";
import { number } from "../../format";
import type { ItemState, Run } from "../../host";
import { type Choice, RunItems } from "./RunItems";
import styles from "./Runs.module.css";

type TabId =
  | "all"
  | Extract<ItemState, "failed" | "held" | "done" | "same" | "waiting" | "sent" | "unknown" | "cancelled">;

/** The items of a run by how they ended; what there is none of has no tab, but for the one that is open. */
export function RunTabs({ run, choice }: { run: Run; choice: Choice | null }) {
  const [tab, setTab] = useState<TabId>("all");
  const all: [TabId, string, number][] = [
    ["all", "All", run.total],
    ["failed", "Failed", run.failed],
    ["held", "Held", run.held],
    ["unknown", "Being read again", run.unknown],
    ["sent", "Being read back", run.sent],
    ["done", "Done", run.done],
    ["same", "Already so", run.same],
    ["cancelled", "Not sent", run.cancelled],
  ];
  const tabs = all.filter(([id, , count]) => id === "all" || id === tab || count > 0);
  return (
    <div className={styles.tabs}>
      <Tabs selected={tab} onSelect={(key) => setTab(key as TabId)}>
        <TabList label="Items by how they ended">
          {tabs.map(([id, words, count]) => (
            <Tab key={id} id={id} count={number(count)}>
              {words}
            </Tab>
          ))}
        </TabList>
        {tabs.map(([id]) => (
          <TabPanel key={id} id={id}>
            <RunItems run={run} state={id === "all" ? null : id} choice={choice} />
          </TabPanel>
        ))}
      </Tabs>
    </div>
  );
}
