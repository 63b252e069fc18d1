import { describe, expect, it } from "vitest";
import type { JsonObject, Unimplemented } from "../../src/local/service.ts";
import { refuseUnimplemented } from "../../src/local/unimplemented.ts";

const MEMBERS: readonly Unimplemented[] = ["Stream", "Indexes.Warm", { member: "Class", unless: "STANDARD" }];
const refuse = (input: JsonObject) => () => refuseUnimplemented(MEMBERS, input, "dynamodb CreateTable");

describe("members that are not implemented", () => {
  it.each<JsonObject>([
    {},
    { Other: "x" },
    { Stream: null },
    { Stream: false },
    { Stream: "" },
    { Stream: {} },
    { Stream: [] },
    { Stream: { Enabled: false, View: {} } },
    { Class: "STANDARD" },
    { Indexes: [{ Name: "a" }, { Warm: {} }] },
    { Indexes: "text" },
  ])("are let through where they ask for nothing: %j", (input) => {
    expect(refuse(input)).not.toThrow();
  });

  it.each<[JsonObject, string]>([
    [{ Stream: true }, "Stream"],
    [{ Stream: 0 }, "Stream"],
    [{ Stream: { Enabled: false, View: "KEYS" } }, "Stream"],
    [{ Class: "OTHER" }, "Class"],
    [{ Class: false }, "Class"],
    [{ Indexes: [{ Name: "a" }, { Warm: { Units: 1 } }] }, "Indexes.Warm"],
  ])("are refused by name: %j", (input, member) => {
    expect(refuse(input)).toThrow(`The local cloud does not implement ${member} of dynamodb CreateTable`);
  });
});
