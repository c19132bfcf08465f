import { useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { SearchField } from "../components";
import { type ConnectionId, type PersonChoice, usePersonChoices } from "../host";
import styles from "./PersonSearch.module.css";

/** One person, found by name, e-mail or number. */
export function PersonSearch({
  connection,
  chosen,
  onChoose,
  fits,
  nobody,
}: {
  connection: ConnectionId | null;
  chosen: PersonChoice | null;
  onChoose: (choice: PersonChoice | null) => void;
  /** Who may be chosen. */
  fits: (choice: PersonChoice) => boolean;
  /** "Nobody active fits": said of a text that finds nobody. */
  nobody: string;
}) {
  const [text, setText] = useState("");
  const choices = (usePersonChoices(connection, text, 12).data ?? []).filter(fits);
  return (
    <div className={styles.search}>
      <SearchField label="Search by name, e-mail or number" value={text} onChange={setText} autoFocus />
      {text.trim() !== "" && (
        <ListBox
          aria-label="People"
          className={styles.choices}
          selectionMode="single"
          selectedKeys={chosen === null ? [] : [chosen.row]}
          onSelectionChange={(selected) => {
            const row = selected === "all" ? undefined : [...selected][0];
            onChoose(choices.find((choice) => choice.row === row) ?? null);
          }}
          renderEmptyState={() => (
            <p className={styles.caption}>
              {nobody} “{text}”.
            </p>
          )}
        >
          {choices.map((choice) => (
            <ListBoxItem key={choice.row} id={choice.row} textValue={choice.name} className={styles.choice}>
              <span>{choice.name}</span>
              <span className={styles.caption}>
                {[choice.title, choice.department].filter(Boolean).join(" · ")}
              </span>
            </ListBoxItem>
          ))}
        </ListBox>
      )}
    </div>
  );
}
