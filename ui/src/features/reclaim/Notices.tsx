import { X } from "lucide-react";
import { IconButton } from "../../components";
import styles from "./Reclaim.module.css";
import { useReclaim } from "./store";

/** What came of an act, until it is put away. */
export function Notices() {
  const { notice, tell } = useReclaim();
  if (!notice) return null;
  return (
    <section className={styles.notice} data-tone={notice.tone} aria-label="Notice">
      <div className={styles.noticeWords} role="status">
        <p className={styles.noticeText}>{notice.text}</p>
        {notice.more.length > 0 && (
          <ul>
            {notice.more.map((one, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: namesakes make the same sentence; the list is replaced whole.
              <li key={at}>{one}</li>
            ))}
          </ul>
        )}
      </div>
      <IconButton label="Put away" size="s" icon={<X aria-hidden="true" />} onPress={() => tell(null)} />
    </section>
  );
}
