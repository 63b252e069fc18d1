import { describe, expect, it } from "vitest";
import type { Json, JsonObject, Shape } from "../../src/local/service.ts";
import { AwsError } from "../../src/local/service.ts";
import { validate } from "../../src/local/validate.ts";

function refusalOf(shapes: Record<string, Shape>, input: JsonObject): AwsError | undefined {
  try {
    validate(shapes, input, "ValidationException");
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

describe("validate", () => {
  it("lets pass what keeps to its shapes, and members that nobody described", () => {
    const shapes: Record<string, Shape> = {
      Name: { type: "string", required: true, min: 1, max: 3, pattern: "[a-z]+" },
      Size: { type: "integer", min: 1, max: 9 },
      Tags: { type: "map", keys: { type: "string", max: 2 }, of: { type: "string" } },
    };
    expect(refusalOf(shapes, { Name: "abc", Size: 9, Tags: { ab: "x" }, Other: { a: [1] } })).toBeUndefined();
  });

  it("names members in AWS's spelling and counts every violation", () => {
    const shapes: Record<string, Shape> = {
      RoleName: { type: "string", required: true },
      Path: { type: "string", min: 3, pattern: "/.*" },
    };
    expect(refusalOf(shapes, { Path: "a" })).toMatchObject({
      code: "ValidationException",
      status: 400,
      message:
        "3 validation errors detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null; " +
        "Value 'a' at 'path' failed to satisfy constraint: Member must have length greater than or equal to 3; " +
        "Value 'a' at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: /.*",
    });
  });

  it.each<[string, Shape, JsonObject, string]>([
    ["value too large", { type: "integer", max: 900 }, { m: 901 }, "have value less than or equal to 900"],
    ["value too small", { type: "integer", min: 1 }, { m: 0 }, "have value greater than or equal to 1"],
    ["value not of the set", { type: "string", values: ["a", "b"] }, { m: "c" }, "satisfy enum value set: [a, b]"],
    ["list too long", { type: "list", max: 1 }, { m: ["a", "b"] }, "have length less than or equal to 1"],
    ["map too large", { type: "map", max: 0 }, { m: { a: "b" } }, "have length less than or equal to 0"],
    [
      "blob too long, measured in bytes",
      { type: "blob", max: 2 },
      { m: "YWJj" },
      "have length less than or equal to 2",
    ],
    [
      "pattern met in part only",
      { type: "string", pattern: "a|b" },
      { m: "ab" },
      "satisfy regular expression pattern: a|b",
    ],
    [
      "pattern that the u flag forbids",
      { type: "string", pattern: "[\\w\\_]+" },
      { m: "-" },
      "satisfy regular expression pattern: [\\w\\_]+",
    ],
  ])("%s", (_what, shape, input, constraint) => {
    expect(refusalOf({ m: shape }, input)?.message).toContain(`Member must ${constraint}`);
  });

  it("finds what is wrong inside structures, lists and maps", () => {
    const text: Shape = { type: "string", max: 1 };
    const deep: Record<string, Shape> = {
      Tags: { type: "list", of: { type: "structure", members: { Key: text } } },
      Env: { type: "structure", members: { Variables: { type: "map", of: text, keys: text } } },
    };
    expect(refusalOf(deep, { Tags: [{ Key: "a" }, { Key: "bb" }] })?.message).toContain("'tags.2.member.key'");
    expect(refusalOf(deep, { Env: { Variables: { a: "xx" } } })?.message).toContain("'env.variables.a.member'");
    expect(refusalOf(deep, { Env: { Variables: { aa: "x" } } })?.message).toContain("'env.variables.key'");
  });

  it("answers a value of the wrong kind as AWS's parsers do", () => {
    const wrong: [Shape["type"], Json][] = [
      ["string", 1],
      ["integer", "1"],
      ["integer", 1.5],
      ["boolean", "true"],
      ["list", {}],
      ["structure", []],
      ["map", "x"],
      ["timestamp", true],
      ["blob", 1],
    ];
    for (const [type, value] of wrong) {
      expect(refusalOf({ m: { type } }, { m: value })).toMatchObject({ code: "SerializationException", status: 400 });
    }
  });
});
