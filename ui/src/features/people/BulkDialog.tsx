import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button, Checkbox, Dialog, MenuButton, MenuItem, Segmented, TextField } from "../../components";
import { refusalWords } from "../../directory/notices";
import { readable } from "../../directory/values";
import { type Edited, ValueEditor } from "../../editors";
import { people } from "../../format";
import {
  type Attribute,
  type AttributeId,
  asHostError,
  type ConnectionId,
  type Edit,
  host,
  type Selection,
} from "../../host";
import { CreateSegments } from "./CreateSegments";
import styles from "./people.module.css";
import { outcomeWords, stageEdit } from "./staging";

type Way = "set" | "clear" | "replace" | "copy";

export interface BulkDialogProps {
  connection: ConnectionId;
  attributes: readonly Attribute[];
  selection: Selection;
  count: number;
  title: string;
  /** Given: the dialog is about this attribute only, and only sets it. */
  attribute: AttributeId | null;
  onClose: () => void;
}

/** One change for everyone chosen. Says what it would do before it stages anything. */
export function BulkDialog({
  connection,
  attributes,
  selection,
  count,
  title,
  attribute,
  onClose,
}: BulkDialogProps) {
  const writable = attributes.filter((one) => one.writable);
  const [about, setAbout] = useState(
    () =>
      writable.find((one) => one.id === attribute) ??
      writable.find((one) => one.role === "department") ??
      writable[0],
  );
  const [way, setWay] = useState<Way>("set");
  const [edited, setEdited] = useState<Edited | null>(null);
  const [from, setFrom] = useState<Attribute | null>(null);
  const [find, setFind] = useState("");
  const [replaceWith, setReplaceWith] = useState("");
  const [whole, setWhole] = useState(false);
  const [anyCase, setAnyCase] = useState(false);
  const [working, setWorking] = useState(false);
  // Said for this question only: another replacement asks again.
  const question = JSON.stringify([about?.id, find, replaceWith, whole, anyCase]);
  const [created, setCreated] = useState<string | null>(null);
  const create = created === question;
  const given = { way, edited, from, find, replaceWith, whole, anyCase };
  const edit = about ? editOf({ ...given, about, create }) : null;
  const plain = about ? editOf({ ...given, about, create: false }) : null;
  const outcome = useQuery({
    queryKey: ["of", connection, "dry-run", selection, edit],
    queryFn: () => (edit ? host.stage(connection, selection, edit, true) : null),
    enabled: edit !== null,
    placeholderData: edit === null ? undefined : keepPreviousData,
    gcTime: 0,
  });
  // Without them, so that what was said can be taken back.
  const segments = useQuery({
    queryKey: ["of", connection, "dry-run", selection, plain],
    queryFn: () => (plain ? host.stage(connection, selection, plain, true) : null),
    enabled: plain?.do === "replace",
    select: (staged) => staged?.newSegments ?? [],
    gcTime: 0,
  });
  const staged = edit === null ? null : (outcome.data ?? null);
  const refused = staged?.refused.filter((one) => one.code !== "unknown_option") ?? [];
  const refusedRest = staged ? staged.refusedTotal - staged.refused.length + refused.length : 0;
  const fixed = attribute !== null;
  if (!about) return null;
  const canReplace = about.kind === "text" || about.kind === "option";
  const like = writable.filter(
    (one) => one.id !== about.id && (one.kind === about.kind || about.kind === "text"),
  );
  return (
    <Dialog
      title={title}
      isOpen
      width={fixed ? "s" : "m"}
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onPress={onClose}>
            Cancel
          </Button>
          <Button
            variant="primary"
            isDisabled={edit === null || staged === null || staged.changed === 0 || working}
            onPress={async () => {
              if (edit === null) return;
              setWorking(true);
              const done = await stageEdit(connection, selection, edit);
              setWorking(false);
              if (done) onClose();
            }}
          >
            {staged && staged.changed > 0 ? `Stage for ${people(staged.changed)}` : "Stage"}
          </Button>
        </>
      }
    >
      <div className={styles.bulk}>
        {!fixed && (
          <div className={styles.bulkRow}>
            <AttributeMenu
              label="Attribute"
              attributes={writable}
              value={about}
              onPick={(next) => {
                setAbout(next);
                setEdited(null);
                setFrom(null);
                if (way === "replace" && next.kind !== "text" && next.kind !== "option") setWay("set");
              }}
            />
            <Segmented
              label="What to do"
              labelHidden
              value={way}
              onChange={setWay}
              choices={[
                { value: "set", label: "Set" },
                ...(about.required ? [] : [{ value: "clear" as const, label: "Clear" }]),
                ...(canReplace ? [{ value: "replace" as const, label: "Find and replace" }] : []),
                ...(like.length > 0 ? [{ value: "copy" as const, label: "Copy from" }] : []),
              ]}
            />
          </div>
        )}
        {way === "set" && (
          <SetValue connection={connection} attribute={about} edited={edited} onEdited={setEdited} />
        )}
        {way === "clear" && (
          <p className={styles.explain}>
            {about.label} will not be set for any of them.
            {about.kind === "option" ? " They leave the segment they are in." : ""}
          </p>
        )}
        {way === "replace" && (
          <>
            <TextField label="Find" value={find} onChange={setFind} autoFocus />
            <TextField label="Replace with" value={replaceWith} onChange={setReplaceWith} />
            <div className={styles.bulkRow}>
              <Checkbox isSelected={whole} onChange={setWhole}>
                Whole value only
              </Checkbox>
              <Checkbox isSelected={anyCase} onChange={setAnyCase}>
                Any letter case
              </Checkbox>
            </div>
          </>
        )}
        {way === "copy" && <AttributeMenu label="From" attributes={like} value={from} onPick={setFrom} />}
        <p className={styles.outcome} aria-live="polite">
          {edit === null
            ? people(count)
            : outcome.isError
              ? asHostError(outcome.error).message
              : staged
                ? outcomeWords(staged)
                : "Counting…"}
        </p>
        {plain?.do === "replace" && (
          <CreateSegments
            segments={segments.data ?? []}
            isCreated={create}
            onCreate={(on) => setCreated(on ? question : null)}
          />
        )}
        {refused.length > 0 && (
          <ul className={styles.refusals}>
            {refused.slice(0, 5).map((one) => (
              <li key={`${one.row} ${one.message}`}>{refusalWords(one)}</li>
            ))}
            {refusedRest > 5 && <li>and {people(refusedRest - 5)} more</li>}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

function editOf(given: {
  about: Attribute;
  way: Way;
  edited: Edited | null;
  from: Attribute | null;
  find: string;
  replaceWith: string;
  whole: boolean;
  anyCase: boolean;
  create: boolean;
}): Edit | null {
  const attribute = given.about.id;
  switch (given.way) {
    case "set":
      if (!given.edited) return null;
      return given.edited.value === null
        ? { do: "clear", attribute }
        : { do: "set", attribute, value: given.edited.value, newOption: given.edited.newOption ?? false };
    case "clear":
      return { do: "clear", attribute };
    case "replace":
      if (given.find === "") return null;
      return {
        do: "replace",
        attribute,
        find: given.find,
        with: given.replaceWith,
        whole: given.whole,
        anyCase: given.anyCase,
        newOption: given.create,
      };
    case "copy":
      return given.from ? { do: "copy", attribute, from: given.from.id } : null;
  }
}

function AttributeMenu({
  label,
  attributes,
  value,
  onPick,
}: {
  label: string;
  attributes: readonly Attribute[];
  value: Attribute | null;
  onPick: (attribute: Attribute) => void;
}) {
  return (
    <div className={styles.field}>
      <span className={styles.fieldLabel}>{label}</span>
      <MenuButton
        label={label}
        button={
          <Button
            variant="secondary"
            aria-label={`${label}: ${value?.label ?? "choose"}`}
            className={styles.picker}
          >
            {value?.label ?? "Choose"}
            <ChevronDown aria-hidden="true" />
          </Button>
        }
      >
        {attributes.map((one) => (
          <MenuItem key={one.id} onAction={() => onPick(one)}>
            {one.label}
          </MenuItem>
        ))}
      </MenuButton>
    </div>
  );
}

/** The kind's own editor; once it has a value, the value, to be changed again. */
function SetValue({
  connection,
  attribute,
  edited,
  onEdited,
}: {
  connection: ConnectionId;
  attribute: Attribute;
  edited: Edited | null;
  onEdited: (edited: Edited | null) => void;
}) {
  const [open, setOpen] = useState(true);
  return (
    <div className={styles.field}>
      <span className={styles.fieldLabel}>{attribute.label}</span>
      {open || edited === null ? (
        <ValueEditor
          key={`${attribute.id} ${open}`}
          connection={connection}
          attribute={attribute}
          value={null}
          shown={null}
          typed={null}
          onCommit={(next) => {
            onEdited(next);
            setOpen(false);
          }}
          onCancel={() => setOpen(false)}
        />
      ) : (
        <Button variant="secondary" className={styles.picker} autoFocus onPress={() => setOpen(true)}>
          {edited.newOption
            ? `New segment “${edited.value}”`
            : readable(attribute.kind, edited.value, edited.shown)}
        </Button>
      )}
    </div>
  );
}
