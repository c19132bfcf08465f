// The page types of the engine. Replaced whenever `cargo xtask bindings` writes it anew.

export type ConnectionId = number;
export type AttributeId = number;
export type RowId = number;
export type ViewId = number;
export type SavedViewId = number;
export type ChangeId = number;
export type DraftId = number;
export type PlanId = number;
export type RunId = number;
export type EventId = number;

export type Code = "token" | "no_keychain" | "unreachable" | "brake" | "stale" | "busy" | "precondition" | "cancelled" | "failed";
export type Error = { code: Code; message: string; detail: string | null };

export type Kind = "text" | "option" | "date" | "number" | "boolean" | "employee";
export type Role = "name" | "status" | "given_name" | "family_name" | "display_name" | "user_name" | "email" | "employee_number" | "external_id" | "active" | "manager" | "start_date" | "separation_date" | "separation_reason" | "birth_date" | "gender" | "department" | "location" | "country" | "title" | "phone" | "locale" | "time_zone";
export type Attribute = { id: AttributeId; key: string; label: string; kind: Kind; role: Role | null; writable: boolean; required: boolean; filled: number; distinct: number };

export type ServiceKind = "peakon" | "other" | "sample";
export type TokenPlace = "keychain" | "session" | "environment";
export type Colour = "green" | "blue" | "violet" | "red" | "amber" | "teal" | "grey";
export type Capabilities = { patch: boolean; bulkOperations: number; bulkBytes: number; etag: boolean; sort: boolean; filter: boolean; cursorPaging: boolean; indexPaging: boolean; pageSize: number; dialect: string };
export type Policy = { setSeparationDate: boolean; separationReason: string | null; quota: number };
export type Connection = { id: ConnectionId; name: string; url: string; colour: Colour; service: ServiceKind; token: TokenPlace; tokenReady: boolean; people: number; syncedAt: string | null; capabilities: Capabilities; policy: Policy; lastSync: SyncOutcome | null };
export type TestStepName = "address" | "reached" | "token_accepted" | "listing_allowed" | "attributes_found" | "writing";
export type StepVerdict = "good" | "note" | "bad";
export type TestStep = { step: TestStepName; verdict: StepVerdict; sentence: string; detail: string | null; next: string | null };
export type TestReport = { steps: TestStep[]; passed: boolean; url: string; suggestedName: string; people: number | null; attributes: number };
export type SyncProgress = { connection: ConnectionId; people: number; expected: number | null; pages: number; rate: number; secondsLeft: number | null };
export type SyncOutcome = { people: number; pages: number; requests: number; seconds: number; added: number; changed: number; vanished: number; complete: boolean; warnings: string[]; finishedAt: string };
export type NewConnection = { name: string; url: string; colour: Colour; service: ServiceKind; keep: TokenPlace };
export type ConnectionChange = { name: string; colour: Colour; policy: Policy };

export type Status = "active" | "inactive" | "left" | "not_started";
export type ViewQuery = { search: string; filters: Filter[]; sort: Sort[] };
export type Sort = { attribute: AttributeId; descending: boolean };
export type Filter = { attribute: AttributeId; test: Test };
export type Test =
  | { is: "any_of"; values: (string | null)[] }
  | { is: "none_of"; values: (string | null)[] }
  | { is: "empty" }
  | { is: "filled" }
  | { is: "between"; from: string | null; to: string | null }
  | { is: "contains"; text: string }
  | { is: "under"; manager: RowId; whole: boolean }
  | { is: "staged" };
export type View = { id: ViewId; version: number; total: number; of: number; note: string | null };
export type Window = { view: ViewId; version: number; start: number; total: number; rows: Row[] };
export type Row = { id: RowId; name: string; status: Status; cells: Cell[]; act: StagedAct | null; protected: boolean };
export type StagedAct = "create" | "activate" | "deactivate" | "delete";
export type Cell = { value: string | null; shown?: string | null; staged?: StagedValue | null; odd?: string | null; hit?: [number, number] | null };
export type StagedValue = { value: string | null; shown?: string | null };
export type Selection =
  | { of: "rows"; rows: RowId[] }
  | { of: "view"; view: ViewId; except: RowId[] }
  | { of: "range"; view: ViewId; start: number; end: number };
export type FacetValue = { value: string | null; shown: string | null; people: number };
export type Facet = { attribute: AttributeId; values: FacetValue[]; distinct: number; people: number };
export type PersonChoice = { row: RowId; name: string; reference: string | null; title: string | null; department: string | null; status: Status };
export type Person = { row: RowId; scimId: string; name: string; status: Status; title: string | null; employeeNumber: string | null; email: string | null; fields: Field[]; line: PersonChoice[]; reports: PersonChoice[]; reportsTotal: number; act: StagedAct | null; protected: string | null; history: HistoryEvent[]; seenAt: string | null; goneAt: string | null };
export type Field = { attribute: AttributeId; label: string; kind: Kind; writable: boolean; cell: Cell };
export type RawRecord = { json: string; location: string };
export type Directory = { attributes: Attribute[]; people: number; views: SavedView[]; columns: AttributeId[] };
export type SavedView = { id: SavedViewId; name: string; definition: ViewDefinition; people: number };
export type ViewDefinition = { query: ViewQuery; columns: ColumnLayout[]; compact: boolean };
export type ColumnLayout = { attribute: AttributeId; width: number; pinned: boolean };

export type Edit =
  | { do: "set"; attribute: AttributeId; value: string; new_option: boolean }
  | { do: "clear"; attribute: AttributeId }
  | { do: "replace"; attribute: AttributeId; find: string; with: string; whole: boolean; any_case: boolean; new_option: boolean }
  | { do: "copy"; attribute: AttributeId; from: AttributeId }
  | { do: "activate" }
  | { do: "deactivate" }
  | { do: "delete" };
export type PastedCell = { row: RowId; attribute: AttributeId; text: string };
export type Staged = { people: number; changed: number; same: number; refused: Refusal[]; refusedTotal: number; draft: DraftSummary };
export type Refusal = { row: RowId; name: string; code: RefusalCode; message: string };
export type RefusalCode = "unknown_option" | "ambiguous_person" | "ambiguous_date" | "protected" | "invalid";
export type DraftSummary = { changes: number; people: number; undo: string | null; redo: string | null; stale: number };
export type DraftChange = { id: ChangeId; row: RowId; name: string; sentence: string; attribute: AttributeId | null; before: string | null; after: string | null; stale: boolean; stagedAt: string };
export type DraftPage = { total: number; start: number; changes: DraftChange[] };
export type ParkedDraft = { id: DraftId; name: string; changes: number; people: number; createdAt: string };

export type Verdict = "change" | "same" | "held" | "blocked";
export type Group = "blocked" | "held" | "deletions" | "deactivations" | "manager_changes" | "identifier_changes" | "cleared_values" | "creations" | "activations" | "other_changes" | "same";
export type BrakeKind = "deactivate" | "delete" | "change_manager" | "clear_value" | "create";
export type BrakeLevel = "warn" | "stop" | "stop_with_reason";
export type Brake = { kind: BrakeKind; level: BrakeLevel; people: number; percent: number; limit: number; message: string };
export type Plan = { id: PlanId; connection: ConnectionId; hash: string; sentence: string; people: number; items: number; operations: number; seconds: number; operationsLeft: number; seatsFreed: number; groups: GroupSummary[]; brakes: Brake[]; confirm: Confirm; irreversible: string[]; createdAt: string };
export type GroupSummary = { group: Group; items: number; people: number; seats: number; leftOut: number };
export type Confirm = { label: string; destructive: boolean; typeNumber: number | null; reason: boolean; empty: boolean };
export type Confirmation = { hash: string; number: number | null; reason: string | null };
export type PlanItem = { position: number; wave: number; row: RowId; name: string; group: Group; verdict: Verdict; sentence: string; reason: string | null; fix: Fix | null; fields: FieldChange[]; leftOut: boolean; note: string | null };
export type Fix = "keep_or_take" | "choose_successor" | "open_person" | "edit_value";
export type FieldChange = { attribute: AttributeId; label: string; before: string | null; beforeShown: string | null; after: string | null; afterShown: string | null; now: string | null };
export type PlanPage = { group: Group; total: number; start: number; items: PlanItem[] };
export type WireRequest = { method: string; url: string; body: string | null; curl: string };

export type RunStatus = "running" | "paused" | "done" | "cancelled";
export type ItemState = "waiting" | "sending" | "sent" | "done" | "same" | "held" | "failed" | "unknown" | "cancelled";
export type Run = { id: RunId; plan: PlanId; connection: ConnectionId; status: RunStatus; title: string; why: string | null; resumeAt: string | null; total: number; done: number; same: number; held: number; failed: number; unknown: number; cancelled: number; rate: number; secondsLeft: number | null; seatsFreed: number | null; startedAt: string; finishedAt: string | null; sentence: string | null; canTakeBack: boolean };
export type RunItem = { position: number; row: RowId; name: string; sentence: string; state: ItemState; why: string | null; request: string | null; reply: string | null };
export type RunPage = { total: number; start: number; items: RunItem[] };

export type Origin = "made" | "seen";
export type Act = "set" | "create" | "activate" | "deactivate" | "delete" | "arrive" | "vanish" | "note";
export type HistoryEvent = { id: EventId; at: string; actor: string; connection: ConnectionId; origin: Origin; act: Act; row: RowId | null; person: string | null; scimId: string | null; attribute: string | null; label: string | null; before: string | null; after: string | null; run: RunId | null; plan: PlanId | null; reason: string | null; requestId: string | null; sentence: string; hash: string };
export type HistoryQuery = { text: string; origin: Origin | null; row: RowId | null; run: RunId | null; from: string | null; to: string | null };
export type HistoryPage = { total: number; start: number; events: HistoryEvent[]; days: DayCount[] };
export type DayCount = { day: string; made: number; seen: number };
export type Verification = { events: number; sound: boolean; broken: EventId | null; message: string; anchor: string | null };

export type Format = "csv" | "xlsx" | "json";
export type DateOrder = "day_first" | "month_first";
export type Settlement = "keep" | "take";
export type Theme = "system" | "light" | "dark";
export type Preferences = { theme: Theme; compact: boolean; lastConnection: ConnectionId | null; columns: { [key in string]: ColumnLayout[] } };
export type About = { version: string; dataDir: string };

import { invoke as TAURI_INVOKE, type Channel } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };
async function typedError<T>(result: Promise<T>): Promise<Result<T, Error>> {
  try {
    return { status: "ok", data: await result };
  } catch (error) {
    return { status: "error", error: error as Error };
  }
}
const invoke = <T,>(name: string, args?: Record<string, unknown>) => typedError<T>(TAURI_INVOKE<T>(name, args));
export const commands = {
  connections: () => invoke<Connection[]>("connections"),
  testConnection: (url: string, token: string, onStep: Channel<TestStep>) => invoke<TestReport>("test_connection", { url, token, onStep }),
  testSaved: (connection: ConnectionId, onStep: Channel<TestStep>) => invoke<TestReport>("test_saved", { connection, onStep }),
  addConnection: (connection: NewConnection, token: string) => invoke<Connection>("add_connection", { connection, token }),
  changeConnection: (connection: ConnectionId, change: ConnectionChange) => invoke<Connection>("change_connection", { connection, change }),
  rekeyConnection: (connection: ConnectionId, token: string, keep: TokenPlace) => invoke<Connection>("rekey_connection", { connection, token, keep }),
  forgetConnection: (connection: ConnectionId) => invoke<null>("forget_connection", { connection }),
  openSample: () => invoke<Connection>("open_sample"),
  startSync: (connection: ConnectionId) => invoke<null>("start_sync", { connection }),
  cancelSync: (connection: ConnectionId) => invoke<null>("cancel_sync", { connection }),
  directoryOf: (connection: ConnectionId) => invoke<Directory>("directory_of", { connection }),
  openView: (connection: ConnectionId, query: ViewQuery) => invoke<View>("open_view", { connection, query }),
  changeView: (view: ViewId, query: ViewQuery) => invoke<View>("change_view", { view, query }),
  closeView: (view: ViewId) => invoke<null>("close_view", { view }),
  window: (view: ViewId, start: number, len: number, columns: AttributeId[]) => invoke<Window>("window", { view, start, len, columns }),
  locate: (view: ViewId, row: RowId) => invoke<number | null>("locate", { view, row }),
  facet: (view: ViewId, attribute: AttributeId, search: string, limit: number) => invoke<Facet>("facet", { view, attribute, search, limit }),
  choosePerson: (connection: ConnectionId, text: string, limit: number) => invoke<PersonChoice[]>("choose_person", { connection, text, limit }),
  person: (connection: ConnectionId, row: RowId) => invoke<Person>("person", { connection, row }),
  rawRecord: (connection: ConnectionId, row: RowId) => invoke<RawRecord>("raw_record", { connection, row }),
  saveView: (connection: ConnectionId, name: string, definition: ViewDefinition) => invoke<SavedView>("save_view", { connection, name, definition }),
  changeSavedView: (view: SavedViewId, name: string, definition: ViewDefinition) => invoke<SavedView>("change_saved_view", { view, name, definition }),
  forgetView: (view: SavedViewId) => invoke<null>("forget_view", { view }),
  stage: (connection: ConnectionId, selection: Selection, edit: Edit, dry: boolean) => invoke<Staged>("stage", { connection, selection, edit, dry }),
  stagePasted: (connection: ConnectionId, cells: PastedCell[], order: DateOrder | null, dry: boolean) => invoke<Staged>("stage_pasted", { connection, cells, order, dry }),
  draft: (connection: ConnectionId) => invoke<DraftSummary>("draft", { connection }),
  draftPage: (connection: ConnectionId, start: number, len: number) => invoke<DraftPage>("draft_page", { connection, start, len }),
  unstage: (connection: ConnectionId, changes: ChangeId[]) => invoke<DraftSummary>("unstage", { connection, changes }),
  unstageCell: (connection: ConnectionId, row: RowId, attribute: AttributeId) => invoke<DraftSummary>("unstage_cell", { connection, row, attribute }),
  discardDraft: (connection: ConnectionId) => invoke<DraftSummary>("discard_draft", { connection }),
  undo: (connection: ConnectionId) => invoke<DraftSummary>("undo", { connection }),
  redo: (connection: ConnectionId) => invoke<DraftSummary>("redo", { connection }),
  makePlan: (connection: ConnectionId) => invoke<Plan>("make_plan", { connection }),
  plan: (plan: PlanId) => invoke<Plan>("plan", { plan }),
  planPage: (plan: PlanId, group: Group, start: number, len: number) => invoke<PlanPage>("plan_page", { plan, group, start, len }),
  leaveOut: (plan: PlanId, positions: number[], out: boolean) => invoke<Plan>("leave_out", { plan, positions, out }),
  settle: (plan: PlanId, position: number, settlement: Settlement) => invoke<Plan>("settle", { plan, position, settlement }),
  planRequests: (plan: PlanId, position: number) => invoke<WireRequest[]>("plan_requests", { plan, position }),
  startRun: (plan: PlanId, confirmation: Confirmation) => invoke<Run>("start_run", { plan, confirmation }),
  pauseRun: (run: RunId) => invoke<Run>("pause_run", { run }),
  resumeRun: (run: RunId) => invoke<Run>("resume_run", { run }),
  cancelRun: (run: RunId) => invoke<Run>("cancel_run", { run }),
  run: (run: RunId) => invoke<Run>("run", { run }),
  runs: (connection: ConnectionId) => invoke<Run[]>("runs", { connection }),
  openRun: (connection: ConnectionId) => invoke<Run | null>("open_run", { connection }),
  dismissRun: (run: RunId) => invoke<null>("dismiss_run", { run }),
  runPage: (run: RunId, state: ItemState | null, start: number, len: number) => invoke<RunPage>("run_page", { run, state, start, len }),
  retryFailed: (run: RunId) => invoke<Run>("retry_failed", { run }),
  takeBack: (run: RunId, positions: number[] | null) => invoke<Plan>("take_back", { run, positions }),
  history: (connection: ConnectionId, query: HistoryQuery, start: number, len: number) => invoke<HistoryPage>("history", { connection, query, start, len }),
  verifyHistory: () => invoke<Verification>("verify_history"),
  preferences: () => invoke<Preferences>("preferences"),
  keepPreferences: (preferences: Preferences) => invoke<null>("keep_preferences", { preferences }),
  about: () => invoke<About>("about"),
};
const event = <T,>(name: string) => ({
  listen: (heard: (event: { payload: T }) => void) => listen<T>(name, heard),
});
export const events = {
  syncProgress: event<SyncProgress>("sync-progress"),
  syncEnded: event<{ connection: ConnectionId; outcome: SyncOutcome | null; error: Error | null }>("sync-ended"),
  directoryChanged: event<{ connection: ConnectionId }>("directory-changed"),
  draftChanged: event<{ connection: ConnectionId; draft: DraftSummary }>("draft-changed"),
  runChanged: event<Run>("run-changed"),
};
