import type { RefObject } from "react";
import { keyOf } from "../../commands";
import { MenuItem, MenuSection, MenuSeparator } from "../../components";
import { NAME } from "../../directory/layout";
import { type PersonRow, readable } from "../../directory/values";
import { clampWidth, moveColumn, orderColumns } from "../../grid/columns";
import type { GridHandle } from "../../grid/Grid";
import type { Attribute, ColumnLayout } from "../../host";
import { PointMenu } from "./PointMenu";
import { usePeople, valueKey } from "./store";

/** How much wider or narrower at a time, CSS pixels. */
const STEP = 24;

export type OpenMenu =
  | { of: "column"; attribute: Attribute; at: { x: number; y: number } }
  | { of: "cell"; attribute: Attribute; row: PersonRow; at: { x: number; y: number } };

interface MenusProps {
  menu: OpenMenu;
  columns: readonly ColumnLayout[];
  onColumns: (columns: ColumnLayout[]) => void;
  grid: RefObject<GridHandle | null>;
  onOpen: (row: PersonRow) => void;
  onClear: () => void;
  onClose: () => void;
}

/** What the pointer does with headings and cells, for the keyboard too. */
export function GridMenus(props: MenusProps) {
  const { menu, onClose } = props;
  return (
    <PointMenu label={menu.attribute.label} at={menu.at} onClose={onClose}>
      {menu.of === "cell" ? <CellItems {...props} menu={menu} /> : null}
      <ColumnItems {...props} />
    </PointMenu>
  );
}

function CellItems({
  menu,
  grid,
  onOpen,
  onClear,
}: MenusProps & { menu: Extract<OpenMenu, { of: "cell" }> }) {
  const { attribute, row } = menu;
  const { filters, setFilters, name } = usePeople();
  const cell = row.raw[attribute.id];
  const value = cell?.value ?? null;
  const words = value === null ? "not set" : readable(attribute.kind, value, cell?.shown);
  const filterable = attribute.role !== "name" && attribute.role !== "status";
  const filter = (is: "any_of" | "none_of") => {
    if (value !== null && cell?.shown) name(valueKey(attribute.id, value), cell.shown);
    setFilters([...filters, { attribute: attribute.id, test: { is, values: [value] } }]);
  };
  return (
    <MenuSection title={row.label}>
      <MenuItem keys={keyOf("grid.open")} onAction={() => onOpen(row)}>
        Open the person
      </MenuItem>
      {attribute.writable && (
        <MenuItem keys={keyOf("grid.edit")} onAction={() => setTimeout(() => grid.current?.edit(null))}>
          {`Edit ${attribute.label}`}
        </MenuItem>
      )}
      {attribute.writable && (
        <MenuItem keys={keyOf("grid.clear")} onAction={onClear}>
          {cell?.staged ? "Clear or take back…" : "Clear…"}
        </MenuItem>
      )}
      {filterable && (
        <MenuItem onAction={() => filter("any_of")}>{`Only ${attribute.label}: ${words}`}</MenuItem>
      )}
      {filterable && (
        <MenuItem onAction={() => filter("none_of")}>{`Without ${attribute.label}: ${words}`}</MenuItem>
      )}
    </MenuSection>
  );
}

function ColumnItems({ menu, columns, onColumns, grid }: MenusProps) {
  const { attribute } = menu;
  const { sort, setSort, filters, setFilters, openFilter } = usePeople();
  const at = columns.findIndex((column) => column.attribute === attribute.id);
  const layout = columns[at];
  const others = sort.filter((rule) => rule.attribute !== attribute.id);
  const sortBy = (descending: boolean) => setSort([{ attribute: attribute.id, descending }]);
  const thenBy = (descending: boolean) => setSort([...others, { attribute: attribute.id, descending }]);
  const widen = (by: number) => {
    const width = clampWidth((grid.current?.widthOf(attribute.id) ?? 0) + by);
    onColumns(columns.map((column) => (column === layout ? { ...column, width } : column)));
  };
  const empty = (is: "empty" | "filled") =>
    setFilters([...filters, { attribute: attribute.id, test: { is } }]);
  return (
    <MenuSection title={attribute.label}>
      <MenuItem onAction={() => sortBy(false)}>Sort ascending</MenuItem>
      <MenuItem onAction={() => sortBy(true)}>Sort descending</MenuItem>
      {others.length > 0 && <MenuItem onAction={() => thenBy(false)}>Then by this, ascending</MenuItem>}
      {others.length > 0 && <MenuItem onAction={() => thenBy(true)}>Then by this, descending</MenuItem>}
      <MenuItem onAction={() => setTimeout(() => openFilter(true, attribute.id))}>Filter…</MenuItem>
      {attribute.role !== "name" && attribute.role !== "status" && (
        <>
          <MenuItem onAction={() => empty("empty")}>Only where it is not set</MenuItem>
          <MenuItem onAction={() => empty("filled")}>Only where it is set</MenuItem>
        </>
      )}
      <MenuSeparator />
      {at > 0 && <MenuItem onAction={() => onColumns(moveColumn(columns, at, at - 1))}>Move left</MenuItem>}
      {at < columns.length - 1 && (
        <MenuItem onAction={() => onColumns(moveColumn(columns, at, at + 2))}>Move right</MenuItem>
      )}
      <MenuItem keys={keyOf("people.fitChosen")} onAction={() => grid.current?.fitWidths([attribute.id])}>
        Fit to its content
      </MenuItem>
      {/* Pressed several times in a row. */}
      <MenuItem shouldCloseOnSelect={false} onAction={() => widen(STEP)}>
        Wider
      </MenuItem>
      <MenuItem shouldCloseOnSelect={false} onAction={() => widen(-STEP)}>
        Narrower
      </MenuItem>
      {layout && attribute.id !== NAME && (
        <MenuItem
          onAction={() =>
            onColumns(
              orderColumns(
                columns.map((column) => (column === layout ? { ...column, pinned: !column.pinned } : column)),
              ),
            )
          }
        >
          {layout.pinned ? "Unpin" : "Pin to the left"}
        </MenuItem>
      )}
      {layout && attribute.id !== NAME && (
        <MenuItem onAction={() => onColumns(columns.filter((column) => column !== layout))}>Hide</MenuItem>
      )}
    </MenuSection>
  );
}
