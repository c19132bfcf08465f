import { Columns3, Download, Plus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Dialog as AriaDialog, Popover as AriaPopover } from "react-aria-components";
import {
  Button,
  Checkbox,
  Chip,
  CommandItem,
  MenuButton,
  PopoverButton,
  SearchField,
} from "../../components";
import { NAME } from "../../directory/layout";
import { number, percent } from "../../format";
import {
  type Attribute,
  type ColumnLayout,
  type ConnectionId,
  type Directory,
  type Filter,
  host,
  type ViewId,
  type ViewQuery,
} from "../../host";
import { exportId } from "./commands";
import { FORMATS } from "./exporting";
import { FilterPanel, FirstFocus } from "./FilterPanel";
import { useCountOf } from "./filterPart";
import styles from "./people.module.css";
import { personKey, usePeople } from "./store";
import { chipWords } from "./words";

export interface ToolbarProps {
  connection: ConnectionId;
  directory: Directory;
  query: ViewQuery;
  view: ViewId | null;
  columns: readonly ColumnLayout[];
  onColumns: (columns: ColumnLayout[] | null) => void;
  filterOpen: boolean;
  onFilterOpen: (open: boolean) => void;
  columnsOpen: boolean;
  onColumnsOpen: (open: boolean) => void;
}

export function Toolbar(props: ToolbarProps) {
  const { connection, directory, query, view } = props;
  const { filters, setFilters } = usePeople();
  const without = (at: number): ViewQuery => ({
    ...query,
    filters: filters.filter((_, index) => index !== at),
  });
  const put = (at: number, filter: Filter | null) =>
    setFilters(
      filter === null
        ? filters.filter((_, index) => index !== at)
        : filters.map((one, index) => (index === at ? filter : one)),
    );
  return (
    <div className={styles.toolbar}>
      <div className={styles.chips}>
        {filters.map((filter, at) => (
          <FilterChip
            // The same attribute may be filtered twice: by place, not by attribute.
            // biome-ignore lint/suspicious/noArrayIndexKey: a chip has no other name.
            key={at}
            connection={connection}
            attributes={directory.attributes}
            filter={filter}
            rest={without(at)}
            onChange={(next) => put(at, next)}
          />
        ))}
        <AddFilter {...props} />
      </div>
      <div className={styles.tools}>
        <ColumnsButton {...props} />
        <ExportButton isDisabled={view === null} />
      </div>
    </div>
  );
}

function FilterChip({
  connection,
  attributes,
  filter,
  rest,
  onChange,
}: {
  connection: ConnectionId;
  attributes: readonly Attribute[];
  filter: Filter;
  rest: ViewQuery;
  onChange: (filter: Filter | null) => void;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  // An emptied filter keeps its chip, so that its panel has somewhere to hang, until the panel is closed.
  const [emptied, setEmptied] = useState(false);
  const names = usePeople((state) => state.names);
  const attribute = attributes.find((one) => one.id === filter.attribute);
  useManagerName(connection, filter);
  const words = chipWords(filter, attribute, names);
  // Of everybody: what this filter does by itself, whatever else narrows the table.
  const alone = useCountOf(connection, "", [filter]);
  const editable = filter.test.is !== "staged" && attribute !== undefined;
  return (
    <>
      <Chip
        pressRef={button}
        label={words.label}
        value={emptied ? "anything" : words.value}
        note={emptied || alone === undefined ? undefined : <Matching people={alone} />}
        onPress={editable ? () => setOpen(true) : undefined}
        onRemove={() => onChange(null)}
      />
      <AriaPopover
        triggerRef={button}
        isOpen={open}
        onOpenChange={(next) => {
          setOpen(next);
          if (!next && emptied) onChange(null);
        }}
        placement="bottom start"
        offset={4}
        className={styles.popover}
      >
        <AriaDialog aria-label={words.label} className={styles.popoverBody}>
          <FilterPanel
            connection={connection}
            attributes={attributes}
            rest={rest}
            filter={emptied ? null : filter}
            attribute={attribute ?? null}
            onChange={(next) => {
              setEmptied(next === null);
              if (next !== null) onChange(next);
            }}
            onClose={() => setOpen(false)}
          />
        </AriaDialog>
      </AriaPopover>
    </>
  );
}

function Matching({ people }: { people: number }) {
  return (
    <>
      {number(people)}
      <span className="visually-hidden">{people === 1 ? " person matches" : " people match"}</span>
    </>
  );
}

/** A saved view knows its manager by row only. */
function useManagerName(connection: ConnectionId, filter: Filter): void {
  const manager = filter.test.is === "under" ? filter.test.manager : null;
  const known = usePeople((state) => (manager === null ? true : personKey(manager) in state.names));
  useEffect(() => {
    if (manager === null || known) return;
    void host.person(connection, manager).then(
      (person) => usePeople.getState().name(personKey(manager), person.name),
      () => usePeople.getState().name(personKey(manager), "somebody who is gone"),
    );
  }, [connection, manager, known]);
}

function AddFilter({ connection, directory, query, filterOpen, onFilterOpen }: ToolbarProps) {
  const { filters, setFilters, filterFor } = usePeople();
  // Where the filter that is being made stands, once it says something.
  const [made, setMade] = useState<number | null>(null);
  // Whoever opened it, button, key or menu, makes another one.
  const [wasOpen, setWasOpen] = useState(filterOpen);
  if (wasOpen !== filterOpen) {
    setWasOpen(filterOpen);
    setMade(null);
  }
  const current = made === null ? null : (filters[made] ?? null);
  const change = (filter: Filter | null) => {
    if (filter === null) {
      if (made !== null) setFilters(filters.filter((_, index) => index !== made));
      setMade(null);
    } else if (made === null) {
      setMade(filters.length);
      setFilters([...filters, filter]);
    } else {
      setFilters(filters.map((one, index) => (index === made ? filter : one)));
    }
  };
  return (
    <PopoverButton
      label="Add a filter"
      isOpen={filterOpen}
      onOpenChange={onFilterOpen}
      className={styles.filterPop}
      button={
        <Button variant="quiet" size="s" icon={<Plus aria-hidden="true" />}>
          Filter
        </Button>
      }
    >
      {(close) => (
        <FilterPanel
          connection={connection}
          attributes={directory.attributes}
          rest={{ ...query, filters: filters.filter((_, index) => index !== made) }}
          filter={current}
          attribute={directory.attributes.find((one) => one.id === filterFor) ?? null}
          onChange={change}
          onClose={close}
        />
      )}
    </PopoverButton>
  );
}

function ColumnsButton({ directory, columns, onColumns, columnsOpen, onColumnsOpen }: ToolbarProps) {
  const [text, setText] = useState("");
  const found = directory.attributes.filter((one) =>
    one.label.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const toggle = (attribute: Attribute, on: boolean) =>
    onColumns(
      on
        ? [...columns, { attribute: attribute.id, width: 0, pinned: false }]
        : columns.filter((column) => column.attribute !== attribute.id),
    );
  return (
    <PopoverButton
      label="Columns"
      placement="bottom end"
      isOpen={columnsOpen}
      onOpenChange={onColumnsOpen}
      className={styles.filterPop}
      button={
        <Button variant="quiet" size="s" icon={<Columns3 aria-hidden="true" />}>
          Columns
        </Button>
      }
    >
      <div className={styles.filter}>
        <FirstFocus>
          <SearchField label="Which column" value={text} onChange={setText} />
        </FirstFocus>
        <ul className={styles.choices}>
          {found.map((attribute) => (
            <li key={attribute.id} className={styles.valueRow}>
              <Checkbox
                className={styles.valueBox}
                isSelected={columns.some((column) => column.attribute === attribute.id)}
                isDisabled={attribute.id === NAME}
                onChange={(on) => toggle(attribute, on)}
              >
                {attribute.label}
              </Checkbox>
              <span className={styles.share}>{filledWords(attribute, directory.people)}</span>
            </li>
          ))}
          {found.length === 0 && <li className={styles.none}>No attribute is called that.</li>}
        </ul>
        <div className={styles.filterFoot}>
          <span className={styles.none}>Drag a heading to move its column.</span>
          <Button variant="link" size="s" onPress={() => onColumns(null)}>
            Reset
          </Button>
        </div>
      </div>
    </PopoverButton>
  );
}

function filledWords(attribute: Attribute, everyone: number): string {
  if (everyone === 0) return "";
  if (attribute.filled >= everyone) return "100% set";
  // Rounding must not make 4,999 of 5,000 look complete, nor one person nobody.
  return attribute.filled === 0
    ? "never set"
    : `${percent(Math.min(99.9, (attribute.filled * 100) / everyone))} set`;
}

function ExportButton({ isDisabled }: { isDisabled: boolean }) {
  return (
    <MenuButton
      label="Export what is shown"
      placement="bottom end"
      button={
        <Button variant="quiet" size="s" icon={<Download aria-hidden="true" />} isDisabled={isDisabled}>
          Export
        </Button>
      }
    >
      {FORMATS.map(({ format, detail }) => (
        <CommandItem key={format} command={exportId(format)} detail={detail} />
      ))}
    </MenuButton>
  );
}
