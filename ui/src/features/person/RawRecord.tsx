import { ChevronRight, Copy } from "lucide-react";
import { useState } from "react";
import { Button, Skeleton } from "../../components";
import { asHostError, type ConnectionId, type RowId, useRawRecord } from "../../host";
import styles from "./person.module.css";

/** The resource as the service sent it, for IT. */
export function RawRecord({ connection, row }: { connection: ConnectionId; row: RowId }) {
  const [open, setOpen] = useState(false);
  return (
    <section className={styles.raw} aria-label="Raw record">
      <button type="button" className={styles.disclose} aria-expanded={open} onClick={() => setOpen(!open)}>
        Raw record
        <ChevronRight aria-hidden="true" data-open={open ? "" : undefined} />
      </button>
      {open && <Record connection={connection} row={row} />}
    </section>
  );
}

function Record({ connection, row }: { connection: ConnectionId; row: RowId }) {
  const record = useRawRecord(connection, row);
  const [copied, setCopied] = useState(false);
  if (record.isError) return <p className={styles.quiet}>{asHostError(record.error).message}</p>;
  if (!record.data) return <Skeleton rows={6} label="Reading the record" />;
  const { json, location } = record.data;
  return (
    <>
      <div className={styles.rawHead}>
        <code className={styles.location} title={location}>
          {location}
        </code>
        <Button
          variant="quiet"
          size="s"
          icon={<Copy aria-hidden="true" />}
          onPress={() => void navigator.clipboard.writeText(json).then(() => setCopied(true))}
        >
          {copied ? "Copied" : "Copy"}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys. */}
      <pre className={styles.json} tabIndex={0}>
        {json}
      </pre>
    </>
  );
}
