import { heldValue, type PersonRow, readable } from "../../directory/values";
import { ValueEditor } from "../../editors";
import type { EditorProps } from "../../grid/Grid";
import type { Attribute, ConnectionId } from "../../host";
import { setOrClear } from "./blocks";
import { stageEdit } from "./staging";

/** The editor of one cell, begun with what holds once the draft is sent. */
export function CellEditor({
  connection,
  attribute,
  person,
  typed,
  close,
}: Pick<EditorProps, "typed" | "close"> & {
  connection: ConnectionId;
  attribute: Attribute;
  person: PersonRow;
}) {
  const cell = person.raw[attribute.id];
  const value = heldValue(cell);
  return (
    <ValueEditor
      connection={connection}
      attribute={attribute}
      value={value}
      shown={readable(attribute.kind, value, cell?.staged ? cell.staged.shown : cell?.shown)}
      typed={typed}
      inCell
      onCancel={() => close("cancel")}
      onCommit={(edited, exit) => {
        close(exit);
        void stageEdit(
          connection,
          { of: "rows", rows: [person.id] },
          setOrClear(attribute, edited.value, edited.newOption),
        );
      }}
    />
  );
}
