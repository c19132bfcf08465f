import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, CommandIconButton, IconButton } from "../components";
import { number } from "../format";
import styles from "./Floats.module.css";
import type { Notice } from "./notices";

/** So that the last rows can be brought above the bar, CSS pixels. */
export const ROOM_FOR_BAR = 64;

/** Over the foot of a table: what can be done with those chosen, and beside it, or above, what came of the last act. */
export function Floats({ children }: { children: ReactNode }) {
  return <div className={styles.floats}>{children}</div>;
}

/** The acts on the people who are ticked. */
export function ChosenBar({ count, all, children }: { count: number; all: boolean; children: ReactNode }) {
  return (
    <section className={styles.bar} aria-label="Selected people">
      <span className={styles.selected} aria-live="polite">
        {all ? `All ${number(count)} selected` : `${number(count)} selected`}
      </span>
      {children}
      <CommandIconButton command="grid.selectNone" icon={<X aria-hidden="true" />} />
    </section>
  );
}

/** Sentences that are shown without being asked for. */
const FIRST = 5;

/** What came of an act, until it is put away. */
export function NoticeBox({ notice, onPutAway }: { notice: Notice | null; onPutAway: () => void }) {
  const [unfolded, setUnfolded] = useState<Notice | null>(null);
  if (!notice) return null;
  const shown = unfolded === notice ? notice.more : notice.more.slice(0, FIRST);
  const rest = notice.more.length - shown.length;
  return (
    <section className={styles.notice} data-tone={notice.tone} aria-label="Notice">
      <div className={styles.noticeWords} role="status">
        <p className={styles.noticeText}>{notice.text}</p>
        {shown.length > 0 && (
          <ul>
            {shown.map((one, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: namesakes make the same sentence; the list is replaced whole.
              <li key={at}>{one}</li>
            ))}
          </ul>
        )}
        {rest > 0 && (
          <Button variant="link" size="s" onPress={() => setUnfolded(notice)}>
            {`Show ${number(rest)} more`}
          </Button>
        )}
      </div>
      <IconButton label="Put away" size="s" icon={<X aria-hidden="true" />} onPress={onPutAway} />
    </section>
  );
}
