import { useRef, useState } from "react";
import { type Colour, host, keys, type TokenPlace, useAbout, useConnections, useWrite } from "../../host";
import { startSync, turnTo } from "../../state";
import { freshColour } from "./colours";
import { bareToken, splitPaste } from "./paste";
import { useTest } from "./useTest";

const withoutSlash = (url: string) => url.trim().replace(/\/+$/, "");

export type Connecting = ReturnType<typeof useConnecting>;

/** An address and a token on their way to a connection: typed or pasted, tried, named, saved. */
export function useConnecting() {
  const connections = useConnections().data ?? [];
  const keychain = useAbout().data?.keychain ?? true;
  const [url, setUrl] = useState("");
  const [token, setToken] = useState("");
  const [name, setName] = useState<string | null>(null);
  const [colour, setColour] = useState<Colour | null>(null);
  const { test, run, forget } = useTest();
  const urlInput = useRef<HTMLInputElement>(null);
  const tokenInput = useRef<HTMLInputElement>(null);

  const report = test.report;
  const passed = report?.passed === true;
  const chosenName = name ?? report?.suggestedName ?? "";
  const chosenColour = colour ?? freshColour(connections.map((connection) => connection.colour));

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
  /** What Enter does: the next thing that is missing, or the next step. */
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
  return {
    /** The very first, so that the sample company is worth a mention. */
    first: connections.length === 0,
    keychain,
    url,
    changeUrl,
    urlInput,
    token,
    changeToken,
    tokenInput,
    pasteBoth,
    pasteToken,
    test,
    passed,
    /** Where the service answered, when that is not what was typed. */
    elsewhere: passed && withoutSlash(report.url) !== withoutSlash(url) ? report.url : null,
    name: chosenName,
    setName,
    colour: chosenColour,
    setColour,
    save,
    saveAs,
    tryAgain: () => tryThem(url, token),
    submit,
  };
}
