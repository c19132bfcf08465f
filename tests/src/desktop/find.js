// Finds what a person would find: elements by ARIA role and accessible name, among those that are shown.
// Called with one target: { role, name: { is } | { has } | { starts } | { ends } | null, inside: target | null }.
const implicit = {
  A: (e) => (e.hasAttribute("href") ? "link" : null),
  ASIDE: () => "complementary",
  BUTTON: () => "button",
  DIALOG: () => "dialog",
  FORM: () => "form",
  H1: () => "heading",
  H2: () => "heading",
  H3: () => "heading",
  H4: () => "heading",
  IMG: () => "img",
  INPUT: (e) =>
    ({
      button: "button",
      checkbox: "checkbox",
      hidden: null,
      number: "spinbutton",
      password: "textbox",
      radio: "radio",
      range: "slider",
      reset: "button",
      search: "searchbox",
      submit: "button",
    })[e.type] ?? (e.type === "hidden" ? null : e.hasAttribute("list") ? "combobox" : "textbox"),
  LI: () => "listitem",
  MAIN: () => "main",
  NAV: () => "navigation",
  OL: () => "list",
  OUTPUT: () => "status",
  PROGRESS: () => "progressbar",
  SECTION: (e) => (named(e) ? "region" : null),
  SELECT: (e) => (e.multiple || e.size > 1 ? "listbox" : "combobox"),
  TABLE: () => "table",
  TD: () => "cell",
  TEXTAREA: () => "textbox",
  TH: () => "columnheader",
  TR: () => "row",
  UL: () => "list",
};

const tidy = (text) => text.replace(/\s+/g, " ").trim();
const named = (e) => e.hasAttribute("aria-label") || e.hasAttribute("aria-labelledby");
const roleOf = (e) => e.getAttribute("role")?.trim().split(/\s+/)[0] || implicit[e.tagName]?.(e) || null;
const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[aria-hidden=true], [inert]");

// The parts of the accessible-name computation that pages use: labels, alternatives, then content.
function content(e) {
  let text = "";
  for (const node of e.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) text += node.textContent;
    else if (node.nodeType === Node.ELEMENT_NODE && node.getAttribute("aria-hidden") !== "true" && node.checkVisibility())
      text += ` ${node.getAttribute("aria-label") ?? node.getAttribute("alt") ?? content(node)} `;
  }
  return text;
}

function nameOf(e) {
  const ids = e.getAttribute("aria-labelledby")?.trim().split(/\s+/) ?? [];
  const labelled = ids.map((id) => document.getElementById(id)).filter(Boolean);
  if (labelled.length > 0) return tidy(labelled.map((l) => l.getAttribute("aria-label") ?? content(l)).join(" "));
  const own = e.getAttribute("aria-label") ?? e.getAttribute("alt");
  if (own) return tidy(own);
  if (e.labels?.length > 0) return tidy([...e.labels].map(content).join(" "));
  return tidy(content(e)) || tidy(e.getAttribute("title") ?? e.getAttribute("placeholder") ?? "");
}

function matches(e, target) {
  if (roleOf(e) !== target.role || !shown(e)) return false;
  if (!target.name) return true;
  const name = nameOf(e);
  if (target.name.is !== undefined) return name === target.name.is;
  if (target.name.starts !== undefined) return name.startsWith(target.name.starts);
  if (target.name.ends !== undefined) return name.endsWith(target.name.ends);
  return name.includes(target.name.has);
}

function find(target) {
  const roots = target.inside ? find(target.inside) : [document];
  return roots.flatMap((root) => [...root.querySelectorAll("*")].filter((e) => matches(e, target)));
}

return find(arguments[0]);
