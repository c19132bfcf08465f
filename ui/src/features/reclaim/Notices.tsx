import { X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components";
import { number } from "../../format";
import styles from "./Reclaim.module.css";
import { type Notice, useReclaim } from "./store";

/** Sentences that are shown without being asked for. */
const FIRST = 5;

/** What came of an act, until it is put away. */
export function Notices() {
  const { notice, tell } = useReclaim();
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
      <IconButton label="Put away" size="s" icon={<X aria-hidden="true" />} onPress={() => tell(null)} />
    </section>
  );
}
