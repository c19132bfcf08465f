/** What stands inside a cell. */

import styles from "./grid.module.css";
import type { CellView, GridColumn } from "./types";

function span(className: string | undefined, text: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = className ?? "";
  element.textContent = text;
  return element;
}

/** The grey shape of a value to come; rows don't all look alike. */
export function makeBar(row: number, column: number): HTMLElement {
  const bar = span(styles.bar, "");
  bar.style.width = `${38 + ((row * 31 + column * 17) % 5) * 9}%`;
  return bar;
}

function withHit(
  element: HTMLElement,
  text: string,
  hit: readonly [number, number] | undefined,
): HTMLElement {
  if (!hit) {
    element.textContent = text;
    return element;
  }
  const [start, length] = hit;
  const mark = document.createElement("mark");
  mark.className = styles.hit ?? "";
  mark.textContent = text.slice(start, start + length);
  element.replaceChildren(text.slice(0, start), mark, text.slice(start + length));
  return element;
}

export function fillCell(element: HTMLElement, view: CellView, column: GridColumn): void {
  const { text, old, odd, hit, dot, aside } = view;
  if (odd) element.title = `${text}: ${odd}`;
  else if (element.title) element.removeAttribute("title");
  if (old === undefined && !odd && !hit && !dot && !column.heading && aside === undefined) {
    const only = element.firstChild;
    if (only instanceof Text && only === element.lastChild) only.data = text;
    else element.textContent = text;
    return;
  }
  const parts: Node[] = [];
  if (dot && old === undefined) parts.push(span(`${styles.dot ?? ""} ${styles[dot] ?? ""}`, ""));
  if (old !== undefined) {
    parts.push(span(`${styles.dot ?? ""} ${styles.waits ?? ""}`, ""));
    // The old value gives way where both don't fit: it wraps out of sight, the new one stays.
    const both = span(styles.both, "");
    both.append(span(text ? styles.new : styles.cleared, text || "cleared"));
    both.append(span("visually-hidden", old ? ", staged, was " : ", staged, was not set"));
    if (old) {
      const struck = document.createElement("s");
      struck.className = styles.old ?? "";
      both.append(withHit(struck, old, hit));
    }
    parts.push(both);
  } else {
    const value = span(column.heading ? styles.link : styles.value, "");
    if (column.heading) value.dataset.link = "";
    parts.push(withHit(value, text, hit));
  }
  if (aside !== undefined) parts.push(span(styles.aside, aside));
  if (odd) {
    const flag = span(styles.flag, "!");
    flag.setAttribute("role", "img");
    flag.setAttribute("aria-label", odd);
    parts.push(flag);
  }
  element.replaceChildren(...parts);
}

/** Value and state in words. */
export function spokenState(view: CellView): string {
  const words = [view.text || (view.old === undefined ? "not set" : "cleared")];
  if (view.old !== undefined) words.push("staged", view.old ? `was ${view.old}` : "was not set");
  if (view.aside !== undefined) words.push(view.aside);
  if (view.odd) words.push(view.odd);
  return words.join(", ");
}
