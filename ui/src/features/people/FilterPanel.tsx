import { ArrowLeft } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button, IconButton, SearchField } from "../../components";
import type { Attribute, ConnectionId, Filter, Test, ViewQuery } from "../../host";
import { ContainsFilter } from "./ContainsFilter";
import styles from "./people.module.css";
import { RangeFilter } from "./RangeFilter";
import { UnderFilter } from "./UnderFilter";
import { ValuesFilter } from "./ValuesFilter";

export interface FilterPanelProps {
  connection: ConnectionId;
  attributes: readonly Attribute[];
  /** The query without this filter: what the counts are of. */
  rest: ViewQuery;
  /** The one to change; null for a new one. */
  filter: Filter | null;
  attribute: Attribute | null;
  /** null takes it away. */
  onChange: (filter: Filter | null) => void;
  onClose: () => void;
}

/** One filter: first which attribute, then what of it. What is chosen holds at once. */
export function FilterPanel(props: FilterPanelProps) {
  const [attribute, setAttribute] = useState(props.attribute);
  if (attribute === null) {
    return <AttributeList {...props} onPick={setAttribute} />;
  }
  return (
    <div className={styles.filter}>
      <div className={styles.filterHead}>
        {props.filter === null && props.attribute === null && (
          <IconButton
            label="Other attributes"
            size="s"
            icon={<ArrowLeft aria-hidden="true" />}
            onPress={() => setAttribute(null)}
          />
        )}
        <h2 className={styles.filterTitle}>{attribute.label}</h2>
      </div>
      <FirstFocus key={attribute.id}>
        <div className={styles.filter}>
          <AttributeFilter {...props} attribute={attribute} />
        </div>
      </FirstFocus>
    </div>
  );
}

function AttributeList({
  attributes,
  onPick,
  onChange,
  onClose,
}: FilterPanelProps & { onPick: (attribute: Attribute) => void }) {
  const [text, setText] = useState("");
  const found = attributes.filter((one) => one.label.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <div className={styles.filter}>
      <FirstFocus>
        <SearchField label="Which attribute" value={text} onChange={setText} />
      </FirstFocus>
      <ul className={styles.choices}>
        {text === "" && (
          <li>
            <Button
              variant="quiet"
              className={styles.choice}
              onPress={() => {
                onChange({ attribute: 0, test: { is: "staged" } });
                onClose();
              }}
            >
              Has staged changes
            </Button>
          </li>
        )}
        {found.map((one) => (
          <li key={one.id}>
            <Button variant="quiet" className={styles.choice} onPress={() => onPick(one)}>
              {one.label}
            </Button>
          </li>
        ))}
        {found.length === 0 && <li className={styles.none}>No attribute is called that.</li>}
      </ul>
    </div>
  );
}

/** The field to type into has the keyboard as soon as it is there. */
export function FirstFocus({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("input")?.focus(), []);
  return <div ref={box}>{children}</div>;
}

function AttributeFilter(props: FilterPanelProps & { attribute: Attribute }) {
  const { attribute, onChange } = props;
  const part = { ...props, set: (test: Test) => onChange({ attribute: attribute.id, test }) };
  switch (attribute.kind) {
    case "date":
    case "number":
      return (
        <>
          <RangeFilter {...part} />
          <ValuesFilter {...part} />
        </>
      );
    case "employee":
      return (
        <>
          <UnderFilter {...part} />
          <ValuesFilter {...part} />
        </>
      );
    case "text":
      return (
        <>
          <ContainsFilter {...part} />
          <ValuesFilter {...part} />
        </>
      );
    case "option":
    case "boolean":
      return <ValuesFilter {...part} />;
  }
}
