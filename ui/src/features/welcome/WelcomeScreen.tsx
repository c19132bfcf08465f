import { Building2, Plug } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { ErrorBanner } from "../../components";
import { asHostError, type HostError } from "../../host";
import { openSample, useWindow } from "../../state";
import styles from "./Welcome.module.css";

/** First launch: two ways in. */
export function WelcomeScreen() {
  const go = useWindow((state) => state.go);
  const [opening, setOpening] = useState(false);
  const [error, setError] = useState<HostError | null>(null);
  const open = () => {
    setOpening(true);
    setError(null);
    openSample().catch((thrown: unknown) => {
      setOpening(false);
      setError(asHostError(thrown));
    });
  };
  return (
    <div className={styles.welcome}>
      <div className={styles.column}>
        <h1 className={styles.title}>Muster</h1>
        <p className={styles.lead}>
          Everybody in your Peakon directory in one table: find, edit, deactivate, and see what was done.
          Nothing is sent before you have reviewed it.
        </p>
        <div className={styles.ways}>
          <Way
            icon={<Plug aria-hidden="true" />}
            name="Connect to Peakon"
            words="With the SCIM 2.0 URL and the token from Administration › Integrations › Employee provisioning."
            primary
            onPress={() => go("connect")}
          />
          <Way
            icon={<Building2 aria-hidden="true" />}
            name={opening ? "Opening the sample company" : "Open the sample company"}
            words="5,000 invented people on this computer. Nothing to sign up for, and nothing that can go wrong."
            isDisabled={opening}
            onPress={open}
          />
        </div>
        {error !== null && <ErrorBanner title="The sample company did not open." error={error} />}
        <p className={styles.foot}>
          Muster runs on this computer alone. Tokens are kept in its keychain, and nothing is sent anywhere
          but to the service you connect.
        </p>
      </div>
    </div>
  );
}

function Way({
  icon,
  name,
  words,
  primary = false,
  isDisabled,
  onPress,
}: {
  icon: ReactNode;
  name: string;
  words: string;
  primary?: boolean;
  isDisabled?: boolean;
  onPress: () => void;
}) {
  const id = useId();
  return (
    <div className={primary ? `${styles.way} ${styles.primary}` : styles.way}>
      {icon}
      <div>
        <AriaButton className={styles.name} aria-describedby={id} isDisabled={isDisabled} onPress={onPress}>
          {name}
        </AriaButton>
        <p id={id} className={styles.words}>
          {words}
        </p>
      </div>
    </div>
  );
}
