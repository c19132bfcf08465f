import { useRef, useState } from "react";
import { Form } from "react-aria-components";
import { Banner, Button, ErrorBanner, TextField } from "../../components";
import {
  asHostError,
  type Colour,
  type HostError,
  host,
  keys,
  type TokenPlace,
  useAbout,
  useConnections,
  useWrite,
} from "../../host";
import { openSample, startSync, turnTo, useWindow } from "../../state";
import { ColourPicker } from "./ColourPicker";
import styles from "./Connections.module.css";
import { freshColour } from "./colours";
import { bareToken, splitPaste } from "./paste";
import { TestSteps } from "./TestSteps";
import { useTest } from "./useTest";

const withoutSlash = (url: string) => url.trim().replace(/\/+$/, "");

export function ConnectScreen() {
  const { go } = useWindow.getState();
  const connections = useConnections().data ?? [];
  const keychain = useAbout().data?.keychain ?? true;
  const [url, setUrl] = useState("");
  const [token, setToken] = useState("");
  const [name, setName] = useState<string | null>(null);
  const [colour, setColour] = useState<Colour | null>(null);
  const [sampleError, setSampleError] = useState<HostError | null>(null);
  const { test, run, forget } = useTest();
  const tokenInput = useRef<HTMLInputElement>(null);
  const urlInput = useRef<HTMLInputElement>(null);

  const report = test.report;
  const passed = report?.passed === true;
  const chosenName = name ?? report?.suggestedName ?? "";
  const chosenColour = colour ?? freshColour(connections.map((connection) => connection.colour));
  const elsewhere = report !== null && withoutSlash(report.url) !== withoutSlash(url) ? report.url : null;

  const save = useWrite(
    (keep: TokenPlace) =>
      host.addConnection(
        {
          name: chosenName.trim(),
          url: report?.url ?? url,
          colour: chosenColour,
          service: report?.service ?? "other",
          keep,
        },
        token,
      ),
    () => [keys.connections()],
  );

  const tryThem = (address: string, secret: string) => {
    save.reset();
    void run((steps) => host.testConnection(address.trim(), secret, steps));
  };
  const changeUrl = (value: string) => {
    setUrl(value);
    forget();
  };
  const changeToken = (value: string) => {
    setToken(value);
    forget();
  };
  /** A paste that holds both is taken apart, and tried at once. */
  const pasteBoth = (text: string): boolean => {
    const parts = splitPaste(text);
    if (parts.url === null || parts.token === null) {
      return false;
    }
    setUrl(parts.url);
    setToken(parts.token);
    tryThem(parts.url, parts.token);
    return true;
  };
  const pasteToken = (text: string): boolean => {
    if (pasteBoth(text)) {
      return true;
    }
    const secret = bareToken(text);
    if (secret === text) {
      return false;
    }
    changeToken(secret);
    return true;
  };
  const saveAs = (keep: TokenPlace) => {
    save.mutate(keep, {
      onSuccess: (connection) => {
        setToken("");
        turnTo(connection.id);
        startSync(connection.id);
      },
    });
  };
  const submit = () => {
    if (url.trim() === "") {
      urlInput.current?.focus();
    } else if (token === "") {
      tokenInput.current?.focus();
    } else if (passed) {
      saveAs(keychain ? "keychain" : "session");
    } else {
      tryThem(url, token);
    }
  };

  const noKeychain = save.error?.code === "no_keychain";
  return (
    <div className={styles.scroll}>
      <Form
        className={styles.connect}
        aria-label="Connect to Peakon"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div>
          <h1 className={styles.title}>Connect to Peakon</h1>
          <p className={styles.lead}>
            In Peakon, open Administration › Integrations › Employee provisioning and copy the two values
            here.
          </p>
        </div>
        <TextField
          label="SCIM 2.0 URL"
          value={url}
          onChange={changeUrl}
          onPasteText={pasteBoth}
          placeholder="https://company.peakon.com/api/scim/v2"
          inputRef={urlInput}
          autoFocus
          type="text"
          inputMode="url"
        />
        <TextField
          label="OAuth bearer token"
          value={token}
          onChange={changeToken}
          onPasteText={pasteToken}
          inputRef={tokenInput}
          type="password"
          autoComplete="off"
          description={
            keychain
              ? "Kept in this computer’s keychain, never shown again, sent only to the address above."
              : "No keychain answers on this computer: kept until Muster quits, sent only to the address above."
          }
        />
        {(test.running || test.steps.length > 0) && <TestSteps steps={test.steps} running={test.running} />}
        {test.error !== null && <ErrorBanner title="The test could not be made." error={test.error} />}
        {elsewhere !== null && passed && (
          <Banner tone="info" title="Found at another address.">
            The service answers at <code>{elsewhere}</code>, so Muster uses that.
          </Banner>
        )}
        {passed && (
          <div className={styles.naming}>
            <TextField
              label="Name"
              value={chosenName}
              onChange={setName}
              description="What Muster calls this connection."
              className={styles.grow}
            />
            <ColourPicker value={chosenColour} onChange={setColour} />
          </div>
        )}
        {noKeychain && (
          <Banner
            tone="warn"
            title="The token could not be kept in the keychain."
            actions={
              <Button size="s" onPress={() => saveAs("session")}>
                This session only
              </Button>
            }
          >
            {save.error?.message} Kept for this session only, it has to be given again at the next launch.
          </Banner>
        )}
        {save.error !== null && !noKeychain && (
          <ErrorBanner title="The connection was not saved." error={save.error} />
        )}
        {sampleError !== null && <ErrorBanner title="The sample company did not open." error={sampleError} />}
        <div className={styles.foot}>
          {connections.length === 0 ? (
            <Button
              variant="quiet"
              className={styles.instead}
              onPress={() => openSample().catch((thrown: unknown) => setSampleError(asHostError(thrown)))}
            >
              Open the sample company instead
            </Button>
          ) : (
            <Button variant="quiet" className={styles.instead} onPress={() => go("people")}>
              Cancel
            </Button>
          )}
          <span className={styles.grow} />
          {passed ? (
            <>
              <Button isDisabled={test.running} onPress={() => tryThem(url, token)}>
                Test again
              </Button>
              <Button type="submit" variant="primary" isDisabled={save.isPending || chosenName.trim() === ""}>
                {save.isPending ? "Saving" : "Save and sync"}
              </Button>
            </>
          ) : (
            <Button
              type="submit"
              variant="primary"
              isDisabled={test.running || url.trim() === "" || token === ""}
            >
              {test.running ? "Testing" : report === null && test.error === null ? "Test" : "Test again"}
            </Button>
          )}
        </div>
      </Form>
    </div>
  );
}
