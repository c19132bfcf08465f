/**
 * Blocks of cells to and from Excel and LibreOffice: tab-separated text and HTML tables.
 *
 * Rows may be ragged when read; `squareBlock` evens them out.
 */

export type TextBlock = string[][];

const LINE_END = "\r\n";

function quoteField(field: string): string {
  return /[\t\r\n]/.test(field) || field.startsWith('"') ? `"${field.replaceAll('"', '""')}"` : field;
}

/**
 * As Excel writes it: every line ends with a line break, the last one too. One filled cell goes
 * without, so that it pastes into a text field as itself.
 */
export function printTsv(block: TextBlock): string {
  const only = block.length === 1 && block[0]?.length === 1 ? block[0][0] : undefined;
  if (only) return quoteField(only);
  return block.map((row) => row.map(quoteField).join("\t") + LINE_END).join("");
}

/**
 * A field that starts with a quote runs to the quote before the next tab, line break or end, with
 * doubled quotes inside; without such an end the quote is an ordinary character, as in `"tall" Ana`.
 */
export function parseTsv(text: string): TextBlock {
  const rows: TextBlock = [];
  let row: string[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  for (;;) {
    const quoted = text[at] === '"' ? readQuoted(text, at) : null;
    if (quoted) {
      row.push(quoted.field);
      at = quoted.next;
    } else {
      const end = fieldEnd(text, at);
      row.push(text.slice(at, end));
      at = end;
    }
    if (text[at] === "\t") {
      at += 1;
      continue;
    }
    rows.push(row);
    row = [];
    if (at >= text.length) return rows;
    at += text.startsWith("\r\n", at) ? 2 : 1;
    // The last line's own line break starts no further row.
    if (at >= text.length) return rows;
  }
}

function fieldEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\t" || char === "\n" || char === "\r") return at;
  }
  return text.length;
}

function readQuoted(text: string, from: number): { field: string; next: number } | null {
  for (let at = from + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return null;
    const after = text[quote + 1];
    if (after === '"') {
      at = quote + 2;
      continue;
    }
    if (after !== undefined && after !== "\t" && after !== "\n" && after !== "\r") return null;
    return { field: text.slice(from + 1, quote).replaceAll('""', '"'), next: quote + 1 };
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\u00A0": "&nbsp;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"\u00A0]/g, (char) => ENTITIES[char] ?? char);
}

/** Cells are typed as text, so Excel keeps leading zeros and does not guess dates; it reads `mso-` styles only. */
export function printHtml(block: TextBlock): string {
  const rows = block.map((row) => {
    const cells = row.map((field) => {
      const lines = escapeHtml(field)
        .split(/\r\n|\r|\n/)
        .map((line) => line.replace(/^ | $|(?<= ) /g, "&nbsp;").replaceAll("\t", "&#9;"));
      return `<td style="mso-number-format:'\\@';white-space:pre-wrap">${lines.join('<br style="mso-data-placement:same-cell">')}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<meta charset="utf-8"><table>${rows.join("")}</table>`;
}

/** The first table of a piece of HTML, merged cells spread out with their text in the first; null without a table. */
export function parseHtml(html: string, parser: DOMParser): TextBlock | null {
  const table = parser.parseFromString(html, "text/html").querySelector("table");
  if (!table) return null;
  const rows: (string | undefined)[][] = Array.from(table.rows, () => []);
  Array.from(table.rows).forEach((tr, y) => {
    let x = 0;
    for (const td of Array.from(tr.cells)) {
      while (rows[y]?.[x] !== undefined) x += 1;
      const across = span(td.colSpan, MOST_SPAN);
      for (const [dy, row] of rows.slice(y, y + span(td.rowSpan, rows.length - y)).entries()) {
        for (let dx = 0; dx < across; dx += 1) row[x + dx] = dy === 0 && dx === 0 ? cellText(td) : "";
      }
      x += across;
    }
  });
  const block = rows.map((row) => Array.from(row, (field) => field ?? ""));
  return block.length > 0 ? block : null;
}

/** More columns than Excel has. */
const MOST_SPAN = 16_384;

function span(asked: number, most: number): number {
  return Math.min(Math.max(1, asked), Math.max(1, most));
}

function cellText(cell: Element): string {
  // White space is kept where the cell says so (our own), folded as a browser would elsewhere:
  // Excel breaks and indents its source lines.
  const keep = /white-space:\s*pre/.test(cell.getAttribute("style") ?? "");
  let text = "";
  const walk = (node: Node) => {
    for (const child of Array.from(node.childNodes)) {
      if (child.nodeType === 3) {
        const data = child.nodeValue ?? "";
        text += keep ? data : data.replace(/[ \t\r\n]+/g, " ");
      } else if (child.nodeName === "BR") {
        text += "\n";
      } else {
        walk(child);
      }
    }
  };
  walk(cell);
  const lines = keep ? text : text.replace(/ *\n */g, "\n").replace(/^ +| +$/g, "");
  return lines.replaceAll("\u00A0", " ");
}

/**
 * The block on a clipboard. Plain text keeps spaces as they were; where it has quotes, and so could
 * be read two ways, the HTML beside it decides.
 */
export function readClipboard(text: string, html: string, parser: DOMParser): TextBlock | null {
  if (html && (text === "" || text.includes('"'))) {
    const table = parseHtml(html, parser);
    if (table) return squareBlock(table);
  }
  return text === "" ? null : squareBlock(parseTsv(text));
}

/** Every row as long as the longest. */
export function squareBlock(block: TextBlock): TextBlock {
  const width = Math.max(1, ...block.map((row) => row.length));
  return block.map((row) => [...row, ...Array<string>(width - row.length).fill("")]);
}
