import { X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { IconButton } from "./Button";
import styles from "./Panel.module.css";

/** The right panel: comes when asked, leaves with Esc. */
export function Panel({
  title,
  subtitle,
  actions,
  onClose,
  children,
}: {
  title: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <header className={styles.head}>
        <div className={styles.names}>
          <h2 id={id} className={styles.title} data-selectable>
            {title}
          </h2>
          {subtitle !== undefined && <p className={styles.subtitle}>{subtitle}</p>}
        </div>
        {actions}
        <IconButton
          label="Close the panel"
          keys="Escape"
          size="s"
          icon={<X aria-hidden="true" />}
          onPress={onClose}
        />
      </header>
      <div className={styles.body}>{children}</div>
    </section>
  );
}

export function PanelSection({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.sectionHead}>
        <h3 id={id} className={styles.sectionTitle}>
          {title}
        </h3>
        {actions}
      </div>
      {children}
    </section>
  );
}
