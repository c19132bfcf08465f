import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bareToken, splitPaste } from "./paste";

const URL = "https://acme.peakon.com/api/scim/v2";
const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

describe("taking a paste apart", () => {
  it.each([
    ["two lines", `${URL}\n${TOKEN}`],
    ["the other way round", `${TOKEN}\n${URL}`],
    ["with their labels", `SCIM 2.0 URL\n${URL}\nOAuth bearer token\n${TOKEN}\n`],
    ["from a chat message", `Here you go: ${URL}, and the token is "${TOKEN}". Bye`],
    ["as a header", `${URL} Authorization: Bearer ${TOKEN}`],
    ["as settings", `url=${URL};token=${TOKEN}`],
    ["as JSON", JSON.stringify({ url: URL, token: TOKEN })],
    ["tab separated", `${URL}\t${TOKEN}`],
  ])("finds both: %s", (_, text) => {
    expect(splitPaste(text), "both parts, without what stood around them").toEqual({
      url: URL,
      token: TOKEN,
    });
  });

  it("leaves a lone address and a lone token to the field they were pasted in", () => {
    expect(splitPaste(URL)).toEqual({ url: URL, token: null });
    expect(splitPaste(TOKEN), "a token cannot be told from any other word").toEqual({
      url: null,
      token: null,
    });
  });

  it("does not take words for a token", () => {
    expect(splitPaste(`Employee provisioning is at ${URL}`).token).toBeNull();
  });

  it("finds any address and any token, in either order and with any space between", () => {
    const token = fc.stringMatching(/^[A-Za-z0-9._~-]{24,80}$/);
    const space = fc.constantFrom(" ", "\n", "\t", "\r\n", "\n\n  ");
    fc.assert(
      fc.property(token, space, fc.boolean(), (secret, between, tokenFirst) => {
        const text = tokenFirst ? `${secret}${between}${URL}` : `${URL}${between}${secret}`;
        const parts = splitPaste(text);
        expect(parts.url).toBe(URL);
        expect(parts.token).toBe(secret);
      }),
    );
  });
});

describe("a token alone", () => {
  it.each([TOKEN, `Bearer ${TOKEN}`, `Authorization: Bearer ${TOKEN}`, ` "${TOKEN}" `, `bearer  ${TOKEN}\n`])(
    "is bared: %s",
    (text) => {
      expect(bareToken(text)).toBe(TOKEN);
    },
  );
});
