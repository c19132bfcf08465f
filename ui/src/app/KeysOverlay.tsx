import { allCommands, type CommandGroup, keysOf, titleOf } from "../commands";
import { Dialog, Kbd } from "../components";
import { useWindow } from "../state";
import styles from "./KeysOverlay.module.css";

const GROUPS: readonly CommandGroup[] = [
  "Go",
  "People",
  "Draft",
  "Run",
  "Connection",
  "View",
  "Edit",
  "Help",
];

/** Every key there is, from the catalogue. */
export function KeysOverlay() {
  const open = useWindow((state) => state.keysOpen);
  const setKeysOpen = useWindow((state) => state.setKeysOpen);
  if (!open) {
    return null;
  }
  const withKeys = allCommands().filter((command) => keysOf(command).length > 0);
  return (
    <Dialog title="Keys" width="l" reading isOpen onClose={() => setKeysOpen(false)}>
      <div className={styles.groups}>
        {GROUPS.map((group) => {
          const commands = withKeys.filter((command) => command.group === group);
          return commands.length === 0 ? null : (
            <section key={group} className={styles.group} aria-labelledby={`keys-${group}`}>
              <h3 id={`keys-${group}`} className={styles.heading}>
                {group}
              </h3>
              <dl>
                {commands.map((command) => (
                  <div key={command.id} className={styles.row}>
                    <dt>{titleOf(command)}</dt>
                    <dd className={styles.keys}>
                      {keysOf(command).map((keys) => (
                        <span key={keys}>
                          <Kbd keys={keys} />
                          <span className="visually-hidden">{keys}</span>
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}
