import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { number, people } from "../format";
import { type Attribute, type ConnectionId, host, keys, usePersonChoices } from "../host";
import { Combo, type ComboItem, type EditExit } from "./Combo";
import { echoDate, localeOrder, readDate } from "./dates";
import styles from "./editors.module.css";
import { readNumber } from "./numbers";

export interface Edited {
  /** Canonical; null clears. */
  value: string | null;
  /** How it reads, for an employee. */
  shown?: string;
  /** Said outright: a segment nobody is in yet. */
  newOption?: boolean;
}

export interface ValueEditorProps {
  connection: ConnectionId;
  attribute: Attribute;
  /** The value there is, canonical, and how it reads. */
  value: string | null;
  shown: string | null;
  /** What was typed to begin with, to replace the value; null to change it. */
  typed: string | null;
  onCommit: (edited: Edited, exit: EditExit) => void;
  onCancel: () => void;
  inCell?: boolean;
}

/** The editor for an attribute's kind. It ends once: leaving the field after Enter is not a second edit. */
export function ValueEditor(props: ValueEditorProps) {
  const ended = useRef(false);
  const once = (end: () => void) => {
    if (ended.current) return;
    ended.current = true;
    end();
  };
  const given: ValueEditorProps = {
    ...props,
    onCommit: (edited, exit) => once(() => props.onCommit(edited, exit)),
    onCancel: () => once(props.onCancel),
  };
  switch (props.attribute.kind) {
    case "option":
      return <OptionEditor {...given} />;
    case "date":
      return <DateEditor {...given} />;
    case "number":
      return <NumberEditor {...given} />;
    case "boolean":
      return <BooleanEditor {...given} />;
    case "employee":
      return <EmployeeEditor {...given} />;
    case "text":
      return <TextEditor {...given} />;
  }
}

/** A view of everyone, so that counts are of the directory and not of what happens to be on screen. */
export function useEveryone(connection: ConnectionId) {
  return useQuery({
    queryKey: ["of", connection, "everyone"],
    queryFn: () => host.openView(connection, { search: "", filters: [], sort: [], pile: null }),
    gcTime: Number.POSITIVE_INFINITY,
  }).data?.id;
}

/** A box to type in, with nothing to choose from. */
function Typed({
  given,
  text,
  onText,
  done,
  keeps = true,
  complaint,
  numeric,
}: {
  given: ValueEditorProps;
  text: string;
  onText: (text: string) => void;
  done: (exit: EditExit) => void;
  /** Whether what is typed is kept when the box is left. */
  keeps?: boolean;
  complaint?: string;
  numeric?: boolean;
}) {
  return (
    <Combo
      label={given.attribute.label}
      text={text}
      onText={onText}
      items={[]}
      preferred={null}
      selectAll={given.typed === null}
      onPick={() => undefined}
      onTyped={done}
      onCancel={given.onCancel}
      onLeave={() => (keeps ? done("stay") : given.onCancel())}
      note={complaint}
      noteTone={complaint === undefined ? undefined : "bad"}
      inCell={given.inCell ?? false}
      numeric={numeric}
    />
  );
}

function TextEditor(given: ValueEditorProps) {
  const { value, typed, onCommit, onCancel } = given;
  const [text, setText] = useState(typed ?? value ?? "");
  const done = (exit: EditExit) =>
    text === (value ?? "") ? onCancel() : onCommit({ value: text.trim() === "" ? null : text }, exit);
  return <Typed given={given} text={text} onText={setText} done={done} />;
}

function NumberEditor(given: ValueEditorProps) {
  const { attribute, value, typed, onCommit, onCancel } = given;
  const [text, setText] = useState(typed ?? value ?? "");
  const read = readNumber(text);
  const empty = text.trim() === "";
  const done = (exit: EditExit) => {
    if ((read ?? text.trim()) === (value ?? "")) onCancel();
    else if (empty && !attribute.required) onCommit({ value: null }, exit);
    else if (read !== null) onCommit({ value: read }, exit);
  };
  return (
    <Typed
      given={given}
      text={text}
      onText={setText}
      done={done}
      keeps={read !== null}
      complaint={read !== null || empty ? undefined : "A whole number, such as 12"}
      numeric
    />
  );
}

function DateEditor({
  attribute,
  value,
  shown,
  typed,
  onCommit,
  onCancel,
  inCell = false,
}: ValueEditorProps) {
  const [text, setText] = useState(typed ?? shown ?? value ?? "");
  const reading = readDate(text, null, new Date().getFullYear());
  const monthFirst = localeOrder() === "monthFirst";
  const choices =
    reading && "either" in reading ? (monthFirst ? [...reading.either].reverse() : reading.either) : [];
  const items = choices.map((date): ComboItem => ({ key: date, label: echoDate(date) }));
  const date = reading && "date" in reading ? reading.date : null;
  const take = (found: string | null | undefined, exit: EditExit) => {
    if (!found || found === value || (typed === null && text === (shown ?? value))) onCancel();
    else onCommit({ value: found }, exit);
  };
  const empty = text.trim() === "";
  return (
    <Combo
      label={attribute.label}
      text={text}
      onText={setText}
      items={items}
      preferred={choices[0] ?? null}
      selectAll={typed === null}
      onPick={take}
      onTyped={(exit) => {
        if (empty && value !== null && !attribute.required) onCommit({ value: null }, exit);
        else if (date || empty) take(date, exit);
      }}
      onCancel={onCancel}
      onLeave={() => take(date, "stay")}
      note={
        date ? (
          <span className={styles.echo}>{echoDate(date)}</span>
        ) : choices.length > 0 ? (
          "Reads both ways: choose one"
        ) : empty ? (
          value !== null && !attribute.required ? (
            "Enter clears the date"
          ) : (
            "For example 7 Mar 2024"
          )
        ) : (
          "Not a date yet. For example 7 Mar 2024"
        )
      }
      inCell={inCell}
    />
  );
}

function BooleanEditor({
  attribute,
  value,
  shown,
  typed,
  onCommit,
  onCancel,
  inCell = false,
}: ValueEditorProps) {
  const [text, setText] = useState(typed ?? "");
  const all: ComboItem[] = [
    { key: "true", label: "Yes" },
    { key: "false", label: "No" },
  ];
  const items = all.filter((item) => String(item.label).toLowerCase().startsWith(text.toLowerCase().trim()));
  const take = (key: string, exit: EditExit) => (key === value ? onCancel() : onCommit({ value: key }, exit));
  return (
    <Combo
      label={attribute.label}
      text={text}
      placeholder={typed === null ? (shown ?? undefined) : undefined}
      onText={setText}
      items={items.length > 0 ? items : all}
      preferred={text === "" ? value : (items[0]?.key ?? null)}
      selectAll={false}
      onPick={take}
      onTyped={onCancel}
      onCancel={onCancel}
      onLeave={onCancel}
      inCell={inCell}
    />
  );
}

/** Values people have, most people first; a new one stands apart and is never taken by accident. */
function OptionEditor({
  connection,
  attribute,
  value,
  shown,
  typed,
  onCommit,
  onCancel,
  inCell = false,
}: ValueEditorProps) {
  const [text, setText] = useState(typed ?? "");
  const [apart, setApart] = useState(false);
  const view = useEveryone(connection);
  const search = text.trim();
  const facet = useQuery({
    queryKey: [...keys.facets(connection), attribute.id, search],
    queryFn: () => host.facet(view ?? 0, attribute.id, search, 60),
    enabled: view !== undefined,
    placeholderData: keepPreviousData,
  });
  const known = (facet.data?.values ?? []).flatMap((one) =>
    one.value === null ? [] : [{ value: one.value, people: one.people }],
  );
  const exact =
    known.find((one) => one.value === search) ??
    known.find((one) => one.value.toLowerCase() === search.toLowerCase());
  const items: ComboItem[] = known.map((one) => ({
    key: `v${one.value}`,
    label: one.value,
    detail: number(one.people),
  }));
  const settled = facet.isSuccess && !facet.isPlaceholderData;
  const isNew = search !== "" && exact === undefined && settled;
  if (isNew) {
    items.push({
      key: "new",
      label: `Create segment “${search}”`,
      under: "Nobody has this value yet",
      apart: true,
    });
  }
  if (search === "" && value !== null && !attribute.required) {
    items.push({ key: "clear", label: "Clear the value", apart: true });
  }
  const first = search === "" ? value : (exact ?? known[0])?.value;
  const preferred = apart && isNew ? "new" : first !== undefined && first !== null ? `v${first}` : null;
  const take = (key: string, exit: EditExit) => {
    if (key === "new") onCommit({ value: search, newOption: true }, exit);
    else if (key === "clear") onCommit({ value: null }, exit);
    else if (key === `v${value}`) onCancel();
    else onCommit({ value: key.slice(1) }, exit);
  };
  return (
    <Combo
      label={attribute.label}
      text={text}
      placeholder={typed === null ? (shown ?? undefined) : undefined}
      onText={(next) => {
        setApart(false);
        setText(next);
      }}
      items={items}
      preferred={items.some((item) => item.key === preferred) ? preferred : null}
      settled={settled || facet.isError}
      selectAll={false}
      onPick={take}
      // With nothing to take, the first Enter only points at the new segment; the second creates it.
      onTyped={() => (isNew ? setApart(true) : onCancel())}
      onCancel={onCancel}
      onLeave={() =>
        settled && exact && exact.value !== value ? onCommit({ value: exact.value }, "stay") : onCancel()
      }
      note={
        search === "" && items.length === 0 && facet.isSuccess
          ? "Nobody has a value yet. Type one."
          : undefined
      }
      inCell={inCell}
    />
  );
}

/** People by name, e-mail or number, with title and department to tell them apart. */
function EmployeeEditor({
  connection,
  attribute,
  value,
  shown,
  typed,
  onCommit,
  onCancel,
  inCell = false,
}: ValueEditorProps) {
  const [text, setText] = useState(typed ?? "");
  const found = usePersonChoices(connection, text, 8);
  const choices = text.trim() === "" ? [] : (found.data ?? []);
  const items: ComboItem[] = choices.map((choice) => ({
    key: String(choice.row),
    label: choice.name,
    under:
      choice.reference === null
        ? "No e-mail, so nobody can point to this person"
        : [choice.title, choice.department].filter(Boolean).join(" · ") || choice.reference,
    detail:
      choice.status === "active"
        ? undefined
        : choice.status === "left"
          ? "Left"
          : choice.status === "inactive"
            ? "Inactive"
            : "Not started",
    disabled: choice.reference === null,
  }));
  if (text.trim() === "" && value !== null && !attribute.required) {
    items.push({ key: "clear", label: "Clear the value", apart: true });
  }
  const take = (key: string, exit: EditExit) => {
    if (key === "clear") {
      onCommit({ value: null }, exit);
      return;
    }
    const choice = choices.find((one) => String(one.row) === key);
    if (!choice || choice.reference === null || choice.reference === value) onCancel();
    else onCommit({ value: choice.reference, shown: choice.name }, exit);
  };
  const settled = text.trim() === "" || (found.isSuccess && !found.isPlaceholderData);
  const none = text.trim() !== "" && settled && choices.length === 0;
  return (
    <Combo
      label={attribute.label}
      text={text}
      placeholder={typed === null ? (shown ?? undefined) : undefined}
      onText={setText}
      items={items}
      preferred={items.find((item) => !item.disabled && !item.apart)?.key ?? null}
      settled={settled || found.isError}
      selectAll={false}
      onPick={take}
      onTyped={() => {
        if (!none) onCancel();
      }}
      onCancel={onCancel}
      onLeave={onCancel}
      note={
        none
          ? `Nobody is called “${text.trim()}”, nor has that e-mail or number.`
          : text.trim() === ""
            ? "Type a name, an e-mail or a number"
            : choices.length === 8
              ? `The first ${people(8)}; type more to narrow`
              : undefined
      }
      noteTone={none ? "bad" : "plain"}
      inCell={inCell}
    />
  );
}
