import { Bookmark, Ellipsis } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Button, Dialog, IconButton, MenuButton, MenuItem, TextField } from "../../components";
import { number } from "../../format";
import {
  asHostError,
  host,
  keys,
  type SavedView,
  useDirectory,
  type ViewDefinition,
  write,
} from "../../host";
import { announce, useWindow } from "../../state";
import styles from "./people.module.css";

/** The rail's saved views, each with the people in it now. */
export function SavedViews() {
  const connection = useWindow((state) => state.connection);
  const savedView = useWindow((state) => state.savedView);
  const screen = useWindow((state) => state.screen);
  const directory = useDirectory(connection);
  const [renaming, setRenaming] = useState<SavedView | null>(null);
  const views = directory.data?.views ?? [];
  if (connection === null || views.length === 0) return null;
  const forget = (view: SavedView) => {
    if (savedView === view.id) useWindow.getState().setSavedView(null);
    void write(() => host.forgetView(view.id), [keys.directory(connection)]).catch((thrown: unknown) =>
      announce(asHostError(thrown).message),
    );
  };
  return (
    <section className={styles.views} aria-labelledby="saved-views">
      <h2 id="saved-views" className={styles.viewsTitle}>
        Views
      </h2>
      <ul>
        {views.map((view) => {
          const here = screen === "people" && savedView === view.id;
          return (
            <li key={view.id} className={styles.view} data-here={here ? "" : undefined}>
              <AriaButton
                className={styles.viewButton}
                aria-current={here ? "page" : undefined}
                onPress={() => {
                  useWindow.getState().go("people");
                  useWindow.getState().setSavedView(here ? null : view.id);
                }}
              >
                <Bookmark aria-hidden="true" />
                <span className={styles.viewName} title={view.name}>
                  {view.name}
                </span>
                {view.people !== null && <span className={styles.viewCount}>{number(view.people)}</span>}
              </AriaButton>
              <MenuButton
                label={`${view.name}`}
                placement="bottom end"
                button={
                  <IconButton
                    className={styles.viewMore}
                    size="s"
                    label={`Rename or forget ${view.name}`}
                    icon={<Ellipsis aria-hidden="true" />}
                  />
                }
              >
                <MenuItem onAction={() => setRenaming(view)}>Rename</MenuItem>
                <MenuItem danger onAction={() => forget(view)}>
                  Forget this view
                </MenuItem>
              </MenuButton>
            </li>
          );
        })}
      </ul>
      {renaming && (
        <ViewNameDialog
          title="Rename the view"
          name={renaming.name}
          act="Rename"
          onClose={() => setRenaming(null)}
          onName={async (name) => {
            await write(
              () => host.changeSavedView(renaming.id, name, renaming.definition),
              [keys.directory(connection)],
            );
          }}
        />
      )}
    </section>
  );
}

/** Keeps the filters, the sort, the columns and the density under a name. */
export function SaveViewDialog({
  connection,
  definition,
  onClose,
}: {
  connection: number;
  definition: ViewDefinition;
  onClose: () => void;
}) {
  return (
    <ViewNameDialog
      title="Save as a view"
      name=""
      act="Save"
      onClose={onClose}
      onName={async (name) => {
        const saved = await write(
          () => host.saveView(connection, name, definition),
          [keys.directory(connection)],
        );
        useWindow.getState().setSavedView(saved.id);
      }}
    />
  );
}

function ViewNameDialog({
  title,
  name,
  act,
  onName,
  onClose,
}: {
  title: string;
  name: string;
  act: string;
  onName: (name: string) => Promise<void>;
  onClose: () => void;
}) {
  const [text, setText] = useState(name);
  const [error, setError] = useState<string | null>(null);
  const save = () => {
    if (text.trim() === "") return;
    onName(text.trim()).then(onClose, (thrown: unknown) => setError(asHostError(thrown).message));
  };
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onPress={onClose}>
            Cancel
          </Button>
          <Button variant="primary" isDisabled={text.trim() === ""} onPress={save}>
            {act}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextField
          label="Name"
          autoFocus
          value={text}
          onChange={(next) => {
            setError(null);
            setText(next);
          }}
          error={error}
          description="It keeps the search, the filters, the sort, the columns and the density."
        />
      </form>
    </Dialog>
  );
}
