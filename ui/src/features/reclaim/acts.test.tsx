import { beforeEach, describe, expect, it, vi } from "vitest";
import { withHost } from "../../test/host";
import { readFiles } from "./acts";
import { filesOf, useReclaim } from "./store";

beforeEach(() => {
  useReclaim.setState({ connection: 1, files: {} });
});

const files = (connection: number) => filesOf(useReclaim.getState(), connection);

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
      files(1).refused.map((one) => one.fileName),
      "what became of each is said",
    ).toEqual(["one.csv", "two.csv"]);
    expect(files(1).underWay, "nothing is read any more").toBe(0);
  });

  it("stay with the connection that they were read for, whichever is looked at when they are read", async () => {
    let done: (read: unknown) => void = () => undefined;
    withHost({ read_dropped: () => new Promise((resolve) => (done = resolve)) });
    const reading = readFiles(1, "drop");
    await vi.waitFor(() => expect(files(1).underWay).toBe(1));
    useReclaim.getState().start(2);
    expect(files(2).underWay, "nothing is read for the other one").toBe(0);
    done({ imports: [{ id: 5, connection: 1 }], refused: [] });
    await reading;
    expect(files(2).imports, "whose list stays as it was").toEqual([]);
    useReclaim.getState().start(1);
    expect(
      files(1).imports.map((one) => one.id),
      "the file waits where it belongs",
    ).toEqual([5]);
  });
});
