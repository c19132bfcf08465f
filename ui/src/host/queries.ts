import { keepPreviousData, type QueryKey, useMutation, useQueries, useQuery } from "@tanstack/react-query";
import type {
  ConnectionId,
  DraftSummary,
  HistoryQuery,
  PileFilter,
  PlanId,
  RowId,
  Run,
  RunId,
} from "./bindings";
import { host } from "./call";
import { changed, client } from "./client";
import type { HostError } from "./errors";
import { keys } from "./keys";

/** No connection, no question: the query waits until there is one. */
const NONE = -1;

export function useConnections() {
  return useQuery({ queryKey: keys.connections(), queryFn: () => host.connections() });
}

export function useConnection(id: ConnectionId | null) {
  const connections = useConnections();
  return connections.data?.find((connection) => connection.id === id) ?? null;
}

export function useDirectory(id: ConnectionId | null) {
  return useQuery({
    queryKey: keys.directory(id ?? NONE),
    queryFn: () => host.directoryOf(id ?? NONE),
    enabled: id !== null,
  });
}

export function useDraft(id: ConnectionId | null): DraftSummary | undefined {
  return useQuery({
    queryKey: keys.draft(id ?? NONE),
    queryFn: () => host.draft(id ?? NONE),
    enabled: id !== null,
  }).data;
}

export function useParkedDrafts(connection: ConnectionId | null) {
  return useQuery({
    queryKey: keys.parkedDrafts(connection ?? NONE),
    queryFn: () => host.parkedDrafts(connection ?? NONE),
    enabled: connection !== null,
  });
}

export function usePerson(connection: ConnectionId | null, row: RowId | null) {
  return useQuery({
    queryKey: keys.person(connection ?? NONE, row ?? NONE),
    queryFn: () => host.person(connection ?? NONE, row ?? NONE),
    enabled: connection !== null && row !== null,
    placeholderData: keepPreviousData,
  });
}

/** Those on the admin's list today, by name. */
export function useProtectedPeople(connection: ConnectionId | null) {
  return useQuery({
    queryKey: keys.protectedPeople(connection ?? NONE),
    queryFn: () => host.protectedPeople(connection ?? NONE),
    enabled: connection !== null,
  });
}

export function useRawRecord(connection: ConnectionId | null, row: RowId | null) {
  return useQuery({
    queryKey: keys.rawRecord(connection ?? NONE, row ?? NONE),
    queryFn: () => host.rawRecord(connection ?? NONE, row ?? NONE),
    enabled: connection !== null && row !== null,
  });
}

export function usePersonChoices(connection: ConnectionId | null, text: string, limit: number) {
  return useQuery({
    queryKey: keys.choices(connection ?? NONE, text, limit),
    queryFn: () => host.choosePerson(connection ?? NONE, text, limit),
    enabled: connection !== null && text.trim() !== "",
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
}

export function usePlan(plan: PlanId | null) {
  return useQuery({
    queryKey: keys.plan(plan ?? NONE),
    queryFn: () => host.plan(plan ?? NONE),
    enabled: plan !== null,
  });
}

/** Of two snapshots of one run the later, in whichever order they came: an answer may be overtaken by the news. */
function newestRun<T>(known: unknown, next: T): T {
  const [before, after] = [known as Run | null | undefined, next as Run | null];
  const overtaken = before != null && after !== null && before.id === after.id && before.asOf > after.asOf;
  return overtaken ? (before as T) : next;
}

export function useRun(run: RunId | null) {
  return useQuery({
    queryKey: keys.run(run ?? NONE),
    queryFn: () => host.run(run ?? NONE),
    enabled: run !== null,
    structuralSharing: newestRun,
  });
}

export function useRuns(connection: ConnectionId | null) {
  return useQuery({
    queryKey: keys.runs(connection ?? NONE),
    queryFn: () => host.runs(connection ?? NONE),
    enabled: connection !== null,
  });
}

/** The runs to show in bars: this connection's, unfinished or not dismissed, and what is unfinished in others. */
export function useOpenRuns(connection: ConnectionId | null): Run[] {
  const connections = useConnections().data ?? [];
  const known = connections.map(({ id }) => id);
  const all = connection === null ? known : [connection, ...known.filter((id) => id !== connection)];
  const found = useQueries({
    queries: all.map((id) => ({
      queryKey: keys.openRun(id),
      queryFn: () => host.openRun(id),
      structuralSharing: newestRun,
    })),
  });
  return found
    .map(({ data }) => data)
    .filter((run): run is Run => run != null)
    .filter((run) => run.connection === connection || run.status === "running" || run.status === "paused");
}

/** Who is dormant and what they cost; the exemptions hang below its key. */
export function useBoard(connection: ConnectionId | null) {
  return useQuery({
    queryKey: keys.board(connection ?? NONE),
    queryFn: () => host.board(connection ?? NONE),
    enabled: connection !== null,
  });
}

/** The last answer stands until the next is there, so that numbers change and never vanish. */
export function useBoardGroups(connection: ConnectionId, pile: PileFilter) {
  return useQuery({
    queryKey: keys.boardGroups(connection, pile),
    queryFn: () => host.boardGroups(connection, pile),
    placeholderData: keepPreviousData,
  });
}

/** What a run that is over freed stays what it is. */
export function useFreedWorth(run: RunId) {
  return useQuery({
    queryKey: keys.freedWorth(run),
    queryFn: () => host.freedWorth(run),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useExemptions(connection: ConnectionId) {
  return useQuery({ queryKey: keys.exemptions(connection), queryFn: () => host.exemptions(connection) });
}

export function useHistory(connection: ConnectionId | null, query: HistoryQuery, start: number, len: number) {
  return useQuery({
    queryKey: [...keys.history(connection ?? NONE, query), start, len],
    queryFn: () => host.history(connection ?? NONE, query, start, len),
    enabled: connection !== null,
    placeholderData: keepPreviousData,
  });
}

/** Events seen since the history was last looked at. */
export function useUnseen(connection: ConnectionId | null): number {
  return (
    useQuery({
      queryKey: keys.unseen(connection ?? NONE),
      queryFn: () => host.unseenHistory(connection ?? NONE),
      enabled: connection !== null,
    }).data ?? 0
  );
}

export function usePreferences() {
  return useQuery({ queryKey: keys.preferences(), queryFn: () => host.preferences() });
}

export function useAbout() {
  return useQuery({ queryKey: keys.about(), queryFn: () => host.about() });
}

/** A write that declares what it changes, as a function of what it was given and what came of it. */
export function useWrite<Vars, T>(
  act: (vars: Vars) => Promise<T>,
  changes: (vars: Vars, value: T | undefined) => readonly QueryKey[],
) {
  return useMutation<T, HostError, Vars>({
    mutationFn: act,
    onSettled: (value, _error, vars) => changed(changes(vars, value)),
  });
}

/** Puts an answer that arrived another way where its readers look. */
export function put<T>(key: QueryKey, value: T): void {
  client.setQueryData(key, value);
}

/** A run as the news has it. */
export function putNews(run: Run): void {
  const newest = (known: Run | null | undefined) => newestRun(known, run);
  client.setQueryData<Run | null>(keys.run(run.id), newest);
  client.setQueryData<Run | null>(keys.openRun(run.connection), newest);
}

/** A run as a call answered it. News may have overtaken the answer, so both are asked for anew. */
export function putRun(run: Run): void {
  putNews(run);
  void changed([keys.run(run.id), keys.openRun(run.connection)]);
}
