import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditionsHold } from "../../src/local/iam/condition.ts";
import { matchesArn, matchesGlob, plainText, substitute } from "../../src/local/iam/glob.ts";
import { parsePolicy } from "../../src/local/iam/policy-document.ts";
import { evaluate } from "../../src/local/iam/policy.ts";
import type { PolicyRequest } from "../../src/local/iam/policy.ts";

const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/items";
const READ: PolicyRequest = { action: "dynamodb:GetItem", resource: TABLE };

function decide(request: PolicyRequest, ...statements: object[]): string {
  return evaluate([parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }))], request);
}

const allow = (more: object = {}): object => ({
  Effect: "Allow",
  Action: "dynamodb:GetItem",
  Resource: TABLE,
  ...more,
});

describe("matchesGlob", () => {
  /** The same rule written the other way: a regular expression. */
  function byExpression(pattern: string, text: string): boolean {
    const source = Array.from(pattern, (c) =>
      c === "*" ? "[^]*" : c === "?" ? "[^]" : `\\u{${c.codePointAt(0)?.toString(16)}}`,
    );
    return new RegExp(`^${source.join("")}$`, "u").test(text);
  }
  const text = fc.string({ unit: fc.constantFrom("a", "b", ":", "/"), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?"), maxLength: 8 });

  it("means what a regular expression of the same pattern means", () => {
    fc.assert(
      fc.property(pattern, text, (p, t) => matchesGlob(p, t) === byExpression(p, t)),
      { numRuns: 2000 },
    );
  });

  it("matches every text by itself and by *", () => {
    fc.assert(fc.property(text, (t) => matchesGlob(t, t) && matchesGlob("*", t) && matchesGlob(`${t}*`, `${t}x`)));
  });

  it("does not blow up on a pattern of many stars", () => {
    const started = performance.now();
    expect(matchesGlob("a*".repeat(40), `${"a".repeat(5000)}b`)).toBe(true);
    expect(matchesGlob(`${"a*".repeat(40)}c`, "a".repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("matchesArn", () => {
  it("compares part by part: a star does not reach over a colon", () => {
    expect(matchesArn("arn:aws:execute-api:*:*:api/*", "arn:aws:execute-api:us-east-1:0:api/x/GET/a:b")).toBe(true);
    expect(matchesArn("arn:aws:*:api", "arn:aws:execute-api:us-east-1:0:api")).toBe(false);
    expect(matchesArn("*", "arn:aws:s3:::x")).toBe(false);
  });
});

describe("substitute", () => {
  it("fills variables whatever their case, and gives up where one has no single value", () => {
    const variables = { "aws:username": "ada", keys: ["a", "b"] };
    expect(substitute("home/${AWS:UserName}/*", variables)).toBe("home/ada/*");
    expect(plainText(substitute("${*}${?}${$}", variables) ?? "")).toBe("*?$");
    expect(substitute("${aws:nobody, 'guest'}", variables)).toBe("guest");
    expect(substitute("${aws:nobody}", variables)).toBeUndefined();
    expect(substitute("${keys}", variables)).toBeUndefined();
    expect(substitute("${aws:username}", undefined)).toBe("${aws:username}");
  });
});

describe("evaluate", () => {
  it("allows nothing that is not allowed", () => {
    expect(evaluate([], READ)).toBe("none");
    expect(decide(READ, allow())).toBe("allow");
    expect(decide({ ...READ, action: "dynamodb:PutItem" }, allow())).toBe("none");
    expect(decide({ ...READ, resource: `${TABLE}2` }, allow())).toBe("none");
  });

  it("takes actions in any case and with wildcards, resources in their own case", () => {
    expect(decide(READ, allow({ Action: ["s3:*", "DynamoDB:get*"] }))).toBe("allow");
    expect(decide(READ, allow({ Action: "*" }))).toBe("allow");
    expect(decide(READ, allow({ Resource: "arn:aws:dynamodb:*:*:table/item?" }))).toBe("allow");
    expect(decide(READ, allow({ Resource: TABLE.replace("items", "Items") }))).toBe("none");
  });

  it("turns NotAction and NotResource around", () => {
    const others = (more: object): object => ({ Effect: "Allow", ...more });
    expect(decide(READ, others({ NotAction: "dynamodb:Put*", Resource: "*" }))).toBe("allow");
    expect(decide(READ, others({ NotAction: "dynamodb:Get*", Resource: "*" }))).toBe("none");
    expect(decide(READ, others({ Action: "*", NotResource: TABLE }))).toBe("none");
    expect(decide(READ, others({ Action: "*", NotResource: `${TABLE}2` }))).toBe("allow");
  });

  it("lets one deny beat every allow, wherever it stands", () => {
    const effects = fc.array(fc.constantFrom("Allow", "Deny"), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(effects, (list) => {
        const decision = decide(READ, ...list.map((Effect) => allow({ Effect })));
        return decision === (list.includes("Deny") ? "deny" : "allow");
      }),
    );
  });

  it("matches principals by kind and whole name", () => {
    const trust = (Principal: unknown, asking: Record<string, string>): string =>
      decide({ action: "sts:AssumeRole", principal: asking }, { Effect: "Allow", Action: "sts:AssumeRole", Principal });
    const lambda = { Service: "lambda.amazonaws.com" };
    expect(trust(lambda, lambda)).toBe("allow");
    expect(trust({ Service: ["events.amazonaws.com", "lambda.amazonaws.com"] }, lambda)).toBe("allow");
    expect(trust({ Service: "*.amazonaws.com" }, lambda)).toBe("none");
    expect(trust({ AWS: "*" }, lambda)).toBe("none");
    expect(trust("*", lambda)).toBe("allow");
  });

  it("fills policy variables in resources from version 2012-10-17 on", () => {
    const request = { action: "s3:GetObject", resource: "arn:aws:s3:::b/ada/x", context: { "aws:username": "ada" } };
    const statement = { Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::b/${aws:username}/*" };
    expect(decide(request, statement)).toBe("allow");
    expect(decide({ ...request, context: {} }, statement)).toBe("none");
    expect(evaluate([parsePolicy(JSON.stringify({ Statement: statement }))], request)).toBe("none");
  });
});

describe("conditions", () => {
  const holds = (operator: string, wanted: string | string[], given?: string | string[]): boolean =>
    conditionsHold({ [operator]: { "a:Key": [wanted].flat() } }, given === undefined ? {} : { "A:KEY": given }, {});

  it.each([
    ["StringEquals", "x", "x", "X"],
    ["StringNotEquals", "x", "y", "x"],
    ["StringEqualsIgnoreCase", "x", "X", "y"],
    ["StringLike", "a*", "abc", "b"],
    ["StringNotLike", "a*", "b", "abc"],
    ["ArnLike", "arn:aws:s3:::*", "arn:aws:s3:::x", "arn:aws:sqs:::x"],
    ["ArnEquals", "arn:aws:s3:::x", "arn:aws:s3:::x", "arn:aws:s3:::y"],
    ["ArnNotLike", "arn:aws:s3:::*", "arn:aws:sqs:::x", "arn:aws:s3:::x"],
    ["Bool", "true", "True", "false"],
    ["NumericLessThan", "10", "9", "10"],
    ["NumericGreaterThanEquals", "10", "10", "9"],
  ])("%s %s", (operator, wanted, right, wrong) => {
    expect([holds(operator, wanted, right), holds(operator, wanted, wrong)]).toEqual([true, false]);
    expect(holds(`${operator}IfExists`, wanted)).toBe(true);
    expect(holds(operator, wanted)).toBe(operator.includes("Not"));
  });

  it("any of several wanted values will do, and for a negated operator none may match", () => {
    expect(holds("StringEquals", ["x", "y"], "y")).toBe(true);
    expect(holds("StringNotEquals", ["x", "y"], "y")).toBe(false);
  });

  it("Null asks whether the key is there", () => {
    expect([holds("Null", "true"), holds("Null", "true", "x")]).toEqual([true, false]);
    expect([holds("Null", "false"), holds("Null", "false", "x")]).toEqual([false, true]);
  });

  it("ForAllValues is true when the key is absent, ForAnyValue is not", () => {
    expect(holds("ForAllValues:StringEquals", ["x", "y"], ["x"])).toBe(true);
    expect(holds("ForAllValues:StringEquals", ["x", "y"], ["x", "z"])).toBe(false);
    expect(holds("ForAllValues:StringEquals", "x")).toBe(true);
    expect(holds("ForAnyValue:StringEquals", "x", ["x", "z"])).toBe(true);
    expect(holds("ForAnyValue:StringEquals", "x")).toBe(false);
  });

  it("a deny applies when nothing is known of its key, an allow does not", () => {
    const condition = (operator: string, key: string): object => ({ Condition: { [operator]: { [key]: "x" } } });
    const denied = (more: object, context: PolicyRequest["context"] = {}): string =>
      decide({ ...READ, context }, allow(), allow({ Effect: "Deny", ...more }));
    for (const operator of ["StringEquals", "StringNotEquals", "ForAnyValue:StringLike", "Bool", "Null"]) {
      expect(denied(condition(operator, "dynamodb:LeadingKeys"))).toBe("deny");
    }
    expect(decide(READ, allow(condition("StringEquals", "dynamodb:LeadingKeys")))).toBe("none");
    // Known to be absent, or to be another one.
    expect(denied(condition("StringEquals", "aws:username"), { "aws:username": [] })).toBe("allow");
    expect(denied(condition("StringNotEquals", "aws:username"), { "aws:username": [] })).toBe("deny");
    expect(denied(condition("StringEquals", "aws:PrincipalTag/team"), {})).toBe("allow");
    expect(denied(condition("StringEquals", "aws:username"), { "aws:username": "y" })).toBe("allow");
  });

  it("an operator that nobody knows never holds", () => {
    expect(holds("Nonsense", "x", "x")).toBe(false);
    expect(holds("toString", "x", "x")).toBe(false);
  });
});
