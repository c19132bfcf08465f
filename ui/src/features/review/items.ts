import { useQuery } from "@tanstack/react-query";
import { type Group, host, keys, type PlanId, type PlanItem } from "../../host";

export const PAGE = 100;

/** One item of a group; its page is read when the first of it comes in sight. */
export function usePlanItem(plan: PlanId, group: Group, index: number): PlanItem | undefined {
  const page = Math.floor(index / PAGE);
  return useQuery({
    queryKey: [...keys.planPages(plan), group, page],
    queryFn: () => host.planPage(plan, group, page * PAGE, PAGE),
    select: (found) => found.items[index - page * PAGE],
  }).data;
}

export function usePlanRequests(plan: PlanId, position: number, wanted: boolean) {
  return useQuery({
    queryKey: keys.planRequests(plan, position),
    queryFn: () => host.planRequests(plan, position),
    enabled: wanted,
  });
}
