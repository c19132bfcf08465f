import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { TestReport } from "../../host";
import { useWindow } from "../../state";
import { type Answers, show, withHost } from "../../test/host";
import { ConnectScreen } from "./ConnectScreen";

const URL = "https://acme.peakon.com/api/scim/v2";
const TOKEN = "abcdefghijklmnopqrstuvwx";

const good: TestReport = {
  steps: [
    { step: "reached", verdict: "good", sentence: "Reached acme.peakon.com", detail: "TLS 1.3", next: null },
  ],
  passed: true,
  url: URL,
  service: "peakon",
  suggestedName: "Acme",
  people: 4986,
  attributes: 14,
};

const answers = (more: Answers): Answers => ({
  connections: () => [],
  about: () => ({ version: "0.1.0", dataDir: "", keychain: true }),
  test_connection: () => good,
  start_sync: () => null,
  ...more,
});

beforeEach(() => {
  useWindow.setState({ screen: "connect", connection: null });
});

async function fill() {
  const user = userEvent.setup();
  await user.type(screen.getByRole("textbox", { name: "SCIM 2.0 URL" }), URL);
  await user.type(screen.getByLabelText("OAuth bearer token"), TOKEN);
  return user;
}

describe("connecting", () => {
  it("takes a paste of both apart and tries it at once", async () => {
    const asked = withHost(answers({}));
    show(<ConnectScreen />);
    const user = userEvent.setup();
    await user.click(screen.getByRole("textbox", { name: "SCIM 2.0 URL" }));
    await user.paste(`${URL}\n${TOKEN}`);
    expect(await screen.findByText("Reached acme.peakon.com")).toBeTruthy();
    const test = asked.find((one) => one.command === "test_connection");
    expect(test?.args.url).toBe(URL);
    expect(test?.args.token).toBe(TOKEN);
  });

  it("tests before it offers to save, then saves into the keychain and syncs", async () => {
    const asked = withHost(answers({ add_connection: () => ({ id: 5, name: "Acme" }) }));
    show(<ConnectScreen />);
    const user = await fill();
    expect(screen.queryByRole("button", { name: "Save and sync" }), "nothing untested is kept").toBeNull();
    await user.click(screen.getByRole("button", { name: "Test" }));
    await user.click(await screen.findByRole("button", { name: "Save and sync" }));
    await waitFor(() => expect(asked.map((one) => one.command)).toContain("start_sync"));
    expect(asked.find((one) => one.command === "add_connection")?.args).toEqual({
      connection: { name: "Acme", url: URL, colour: "green", service: "peakon", keep: "keychain" },
      token: TOKEN,
    });
    expect(useWindow.getState()).toMatchObject({ connection: 5, screen: "people" });
  });

  it("puts an old verdict aside when the address changes", async () => {
    withHost(answers({}));
    show(<ConnectScreen />);
    const user = await fill();
    await user.click(screen.getByRole("button", { name: "Test" }));
    await screen.findByText("Reached acme.peakon.com");
    await user.type(screen.getByRole("textbox", { name: "SCIM 2.0 URL" }), "x");
    expect(screen.queryByText("Reached acme.peakon.com"), "a verdict is of the address tested").toBeNull();
    expect(screen.queryByRole("button", { name: "Save and sync" })).toBeNull();
  });

  it("says what went wrong and what to do next", async () => {
    withHost(
      answers({
        test_connection: () => ({
          ...good,
          passed: false,
          steps: [
            {
              step: "token_accepted",
              verdict: "bad",
              sentence: "acme.peakon.com did not accept the token.",
              detail: "401",
              next: "Copy the token again, or make a new one.",
            },
          ],
        }),
      }),
    );
    show(<ConnectScreen />);
    const user = await fill();
    await user.click(screen.getByRole("button", { name: "Test" }));
    expect(await screen.findByText("acme.peakon.com did not accept the token.")).toBeTruthy();
    expect(screen.getByText("Copy the token again, or make a new one.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Test again" })).toBeTruthy();
  });

  it("offers this session only where there is no keychain", async () => {
    const asked = withHost(
      answers({
        add_connection: ({ connection }) => {
          if ((connection as { keep: string }).keep === "keychain") {
            throw { code: "no_keychain", message: "No keychain answered.", detail: null };
          }
          return { id: 6, name: "Acme" };
        },
      }),
    );
    show(<ConnectScreen />);
    const user = await fill();
    await user.click(screen.getByRole("button", { name: "Test" }));
    await user.click(await screen.findByRole("button", { name: "Save and sync" }));
    await user.click(await screen.findByRole("button", { name: "This session only" }));
    await waitFor(() => expect(useWindow.getState().connection).toBe(6));
    expect(asked.filter((one) => one.command === "add_connection")).toHaveLength(2);
  });
});
