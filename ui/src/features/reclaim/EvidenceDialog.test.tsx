import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { show, withHost } from "../../test/host";
import { EvidenceDialog } from "./EvidenceDialog";
import { useReclaim } from "./store";

beforeEach(() => {
  useReclaim.setState({ connection: 1, files: {} });
});

it("lists whom names in files stand for, and takes one back", async () => {
  let aliases = [
    {
      written: "ana.b@old.example",
      person: {
        row: 4,
        name: "Ana Berg",
        reference: "ana@acme.example",
        title: null,
        department: null,
        status: "active",
      },
    },
    { written: "kiosk", person: null },
  ];
  const asked = withHost({
    evidence_sources: () => [],
    aliases: () => aliases,
    forget_alias: ({ written }) => {
      aliases = aliases.filter((one) => one.written !== written);
      return null;
    },
  });
  show(<EvidenceDialog connection={1} over={false} onClose={() => undefined} />);
  const list = await screen.findByRole("region", { name: "Aliases" });
  expect(list.textContent, "who is meant, and what tells them apart").toContain(
    "ana.b@old.example stands for Ana Berg · ana@acme.example",
  );
  expect(list.textContent, "also whoever is gone").toContain(
    "kiosk stands for somebody who is not here any more",
  );
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Forget ana.b@old.example" }));
  await waitFor(() =>
    expect(screen.queryByText("ana.b@old.example"), "a name that stands for nobody is not listed").toBeNull(),
  );
  expect(asked.find((one) => one.command === "forget_alias")?.args).toEqual({
    id: 1,
    written: "ana.b@old.example",
  });
  expect(screen.getByText("kiosk"), "the other one stays").toBeTruthy();
});

it("has no list where nobody said whom a name means", async () => {
  const asked = withHost({ evidence_sources: () => [], aliases: () => [] });
  show(<EvidenceDialog connection={1} over={false} onClose={() => undefined} />);
  await waitFor(() => expect(asked.some((one) => one.command === "aliases")).toBe(true));
  expect(screen.queryByRole("region", { name: "Aliases" })).toBeNull();
});
