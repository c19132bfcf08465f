import { describe, expect, it } from "vitest";
import { readDetail, valuesOf } from "./detail";

describe("a record's values", () => {
  it("are named as the service names them, without what is only about the record", () => {
    const record = JSON.stringify({
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      meta: { resourceType: "User" },
      id: "4711",
      userName: "ana@acme.example",
      active: false,
      name: { givenName: "Ana", familyName: "Ruiz" },
      emails: [{ value: "ana@acme.example", primary: true }],
      title: null,
      "urn:ietf:params:scim:schemas:extension:peakon:2.0:User": { "Business Unit": "North", Level: 7 },
    });
    expect(valuesOf(readDetail(record))).toEqual([
      ["id", "4711"],
      ["userName", "ana@acme.example"],
      ["active", "false"],
      ["name.givenName", "Ana"],
      ["name.familyName", "Ruiz"],
      ["emails.value", "ana@acme.example"],
      ["emails.primary", "true"],
      ["Business Unit", "North"],
      ["Level", "7"],
    ]);
  });

  it("are the text itself where it is no JSON", () => {
    expect(valuesOf(readDetail("half a rec")), "shown as it is").toEqual([["", "half a rec"]]);
  });
});
