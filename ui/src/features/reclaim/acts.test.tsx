import { beforeEach, describe, expect, it } from "vitest";
import { withHost } from "../../test/host";
import { readFiles } from "./acts";
import { useReclaim } from "./store";

beforeEach(() => {
  useReclaim.setState({ connection: 1, imports: [], refused: [], reading: false });
});

describe("files that are dropped", () => {
  it("are read although others are being read, and keep what was said of those", async () => {
    const refused = (fileName: string) => ({
      imports: [],
      refused: [{ fileName, error: { code: "failed", message: "It is empty.", detail: null } }],
    });
    const answers = [refused("one.csv"), refused("two.csv")];
    const asked = withHost({ read_dropped: () => answers.shift() });
    await Promise.all([readFiles(1, "drop"), readFiles(1, "drop")]);
    expect(
      asked.filter((one) => one.command === "read_dropped"),
      "no drop is let fall",
    ).toHaveLength(2);
    expect(
      useReclaim.getState().refused.map((one) => one.fileName),
      "what became of each is said",
    ).toEqual(["one.csv", "two.csv"]);
    expect(useReclaim.getState().reading, "nothing is read any more").toBe(false);
  });
});
