import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { Banner, Button } from "../../components";
import { asHostError, type HostError, host, type Verification } from "../../host";
import { announce } from "../../state";
import styles from "./History.module.css";

/** Checks the chain of hashes from the first event to the last. */
export function Verify() {
  const [running, setRunning] = useState(false);
  const [verification, setVerification] = useState<Verification | null>(null);
  const [error, setError] = useState<HostError | null>(null);
  const verify = () => {
    setRunning(true);
    setError(null);
    setVerification(null);
    host
      .verifyHistory(null)
      .then(setVerification, (thrown: unknown) => setError(asHostError(thrown)))
      .finally(() => setRunning(false));
  };
  return (
    <>
      <Button variant="quiet" icon={<ShieldCheck aria-hidden="true" />} isDisabled={running} onPress={verify}>
        {running ? "Verifying" : "Verify"}
      </Button>
      {(verification !== null || error !== null) && (
        <div className={styles.verified}>
          <Banner
            tone={verification?.sound === true ? "good" : "bad"}
            title={error !== null ? "Not verified." : verification?.sound === true ? "Sound." : "Broken."}
            actions={
              <>
                {verification?.anchor != null && (
                  <Button
                    size="s"
                    onPress={() =>
                      void navigator.clipboard
                        .writeText(verification.anchor ?? "")
                        .then(() => announce("Anchor copied"))
                    }
                  >
                    Copy the anchor
                  </Button>
                )}
                <Button
                  size="s"
                  onPress={() => {
                    setVerification(null);
                    setError(null);
                  }}
                >
                  Dismiss
                </Button>
              </>
            }
          >
            {error?.message ?? verification?.message}
          </Banner>
        </div>
      )}
    </>
  );
}
