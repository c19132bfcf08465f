import { useState } from "react";
import { Form } from "react-aria-components";
import { Banner, Button, ErrorBanner, TextField } from "../../components";
import { asHostError, type HostError } from "../../host";
import { openSample, useWindow } from "../../state";
import { ColourPicker } from "./ColourPicker";
import styles from "./Connections.module.css";
import { TestSteps } from "./TestSteps";
import { type Connecting, useConnecting } from "./useConnecting";

export function ConnectScreen() {
  const connecting = useConnecting();
  const { test, elsewhere, passed } = connecting;
  const [sampleError, setSampleError] = useState<HostError | null>(null);
  return (
    <div className={styles.scroll}>
      <Form
        className={styles.connect}
        aria-label="Connect to Peakon"
        onSubmit={(event) => {
          event.preventDefault();
          connecting.submit();
        }}
      >
        <div>
          <h1 className={styles.title}>Connect to Peakon</h1>
          <p className={styles.lead}>
            In Peakon, open Administration › Integrations › Employee provisioning and copy the two values
            here.
          </p>
        </div>
        <Credentials connecting={connecting} />
        {(test.running || test.steps.length > 0) && <TestSteps steps={test.steps} running={test.running} />}
        {test.error !== null && <ErrorBanner title="The test could not be made." error={test.error} />}
        {elsewhere !== null && (
          <Banner tone="info" title="Found at another address.">
            The service answers at <code>{elsewhere}</code>, so Muster uses that.
          </Banner>
        )}
        {passed && (
          <div className={styles.naming}>
            <TextField
              label="Name"
              value={connecting.name}
              onChange={connecting.setName}
              description="What Muster calls this connection."
              className={styles.grow}
            />
            <ColourPicker value={connecting.colour} onChange={connecting.setColour} />
          </div>
        )}
        <NotSaved connecting={connecting} />
        {sampleError !== null && <ErrorBanner title="The sample company did not open." error={sampleError} />}
        <div className={styles.foot}>
          <Instead first={connecting.first} onFailure={setSampleError} />
          <span className={styles.grow} />
          <Next connecting={connecting} />
        </div>
      </Form>
    </div>
  );
}

/** The two values from Peakon. */
function Credentials({ connecting }: { connecting: Connecting }) {
  return (
    <>
      <TextField
        label="SCIM 2.0 URL"
        value={connecting.url}
        onChange={connecting.changeUrl}
        onPasteText={connecting.pasteBoth}
        placeholder="https://company.peakon.com/api/scim/v2"
        inputRef={connecting.urlInput}
        autoFocus
        type="text"
        inputMode="url"
      />
      <TextField
        label="OAuth bearer token"
        value={connecting.token}
        onChange={connecting.changeToken}
        onPasteText={connecting.pasteToken}
        inputRef={connecting.tokenInput}
        type="password"
        autoComplete="off"
        description={
          connecting.keychain
            ? "Kept in this computer’s keychain, never shown again, sent only to the address above."
            : "No keychain answers on this computer: kept until Muster quits, sent only to the address above."
        }
      />
    </>
  );
}

/** Why it was not saved; without a keychain there is another way. */
function NotSaved({ connecting }: { connecting: Connecting }) {
  const { error } = connecting.save;
  if (error === null) {
    return null;
  }
  if (error.code !== "no_keychain") {
    return <ErrorBanner title="The connection was not saved." error={error} />;
  }
  return (
    <Banner
      tone="warn"
      title="The token could not be kept in the keychain."
      actions={
        <Button size="s" onPress={() => connecting.saveAs("session")}>
          This session only
        </Button>
      }
    >
      {error.message} Kept for this session only, it has to be given again at the next launch.
    </Banner>
  );
}

/** What there is to do without connecting. */
function Instead({ first, onFailure }: { first: boolean; onFailure: (error: HostError) => void }) {
  return first ? (
    <Button
      variant="quiet"
      className={styles.instead}
      onPress={() => openSample().catch((thrown: unknown) => onFailure(asHostError(thrown)))}
    >
      Open the sample company instead
    </Button>
  ) : (
    <Button variant="quiet" className={styles.instead} onPress={() => useWindow.getState().go("people")}>
      Cancel
    </Button>
  );
}

/** The next step: to test, and once that passed to save. */
function Next({ connecting }: { connecting: Connecting }) {
  const { test, passed, save, url, token, name } = connecting;
  if (!passed) {
    return (
      <Button type="submit" variant="primary" isDisabled={test.running || url.trim() === "" || token === ""}>
        {test.running ? "Testing" : test.report === null && test.error === null ? "Test" : "Test again"}
      </Button>
    );
  }
  return (
    <>
      <Button isDisabled={test.running} onPress={connecting.tryAgain}>
        Test again
      </Button>
      <Button type="submit" variant="primary" isDisabled={save.isPending || name.trim() === ""}>
        {save.isPending ? "Saving" : "Save and sync"}
      </Button>
    </>
  );
}
