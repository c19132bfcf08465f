/** What the table shows and asks for. It knows columns, rows and cells, not what they are about. */

export type Tone = "good" | "idle" | "gone" | "soon";

/** One cell as painted. Objects are compared by identity: a changed cell is a new object. */
export interface CellView {
  /** What stands in the cell; empty when there is no value. */
  text: string;
  /** What a copy puts on the clipboard, when it is not the text. */
  copy?: string;
  /** A change that waits: the text is the new value, this the old one ("" for none). */
  old?: string;
  /** Why the value looks odd. */
  odd?: string;
  /** In quiet text after it: why the row is here, when none of its cells shows that. */
  aside?: string;
  /** Start and length of a search hit, UTF-16 units: in the old value where a change waits, else in the text. */
  hit?: readonly [number, number];
  /** A coloured dot before the text. */
  dot?: Tone;
}

export interface GridRow {
  /** Stays the same however the rows are sorted. */
  id: number;
  /** Says which row it is. */
  label: string;
  /** By column id. */
  cells: Readonly<Record<number, CellView>>;
  /** A change to the whole row that waits. */
  tone?: "added" | "removed";
}

export interface GridColumn {
  id: number;
  title: string;
  /** CSS pixels; 0 lets the table choose around `natural`. */
  width: number;
  natural: number;
  /** What it needs to be read, CSS pixels. */
  least: number;
  pinned: boolean;
  editable: boolean;
  /** Figures stand to the right. */
  numeric?: boolean;
  /** In the second text colour. */
  quiet?: boolean;
  /** Heads its row: set heavier, and a click on its text opens the row. */
  heading?: boolean;
  sort?: { descending: boolean; rank: number };
}

export interface RowSource {
  readonly total: number;
  /** Undefined while it is on its way. */
  row(index: number): GridRow | undefined;
  /** As `row`, of the list as it is now or as it is seen: what lies out of sight may be of an older list. */
  current(index: number): GridRow | undefined;
  /** Says which rows are on screen, so that they are fetched, and which are not, so that they wait. */
  want(first: number, end: number): void;
  /** Rows that may be off screen, for a copy. */
  fetch(first: number, end: number): Promise<GridRow[]>;
  subscribe(changed: () => void): () => void;
}
