// A token's claims and scopes as functions get them, and where a request carries a token.

import { describe, expect, test } from "vitest";
import { printedClaims, scopesOf } from "../../src/local/apigatewayv2/claims.ts";
import { identityAt, isIdentitySource } from "../../src/local/apigatewayv2/identity-source.ts";
import type { JsonObject } from "../../src/local/service.ts";

describe("printed claims", () => {
  test.each<[unknown, string]>([
    ["", ""],
    ["a b", "a b"],
    [0, "0"],
    [1_787_996_002, "1787996002"],
    [1.5, "1.5"],
    [false, "false"],
    [[], "[]"],
    [["admins"], "[admins]"],
    [["admins", "users"], "[admins users]"],
    [[1, true, null, ["x"]], "[1 true <nil> [x]]"],
    [{}, "map[]"],
    [{ b: [1, 2], a: { c: null } }, "map[a:map[c:<nil>] b:[1 2]]"],
  ])("of %j is '%s'", (value, text) => {
    expect(printedClaims({ claim: value } as JsonObject)).toEqual({ claim: text });
  });

  test("leave out what is null, and keep names that JavaScript gives a meaning", () => {
    const claims = JSON.parse('{"nothing":null,"__proto__":{"x":1},"constructor":"c"}') as JsonObject;
    expect(JSON.stringify(printedClaims(claims))).toBe('{"__proto__":"map[x:1]","constructor":"c"}');
  });
});

describe("scopes", () => {
  test.each<[JsonObject, string[]]>([
    [{}, []],
    [{ scope: "" }, []],
    [{ scope: "read  write" }, ["read", "write"]],
    [{ scope: ["read", "write"] }, ["read", "write"]],
    [{ scp: "read write" }, ["read", "write"]],
    [{ scp: ["read", 1, null] }, ["read"]],
    [{ scope: "read", scp: ["write"] }, ["read"]],
    [{ scope: 7 }, []],
    [{ scope: { read: true } }, []],
  ])("of %j are %j", (claims, scopes) => expect(scopesOf(claims)).toEqual(scopes));
});

describe("an identity source", () => {
  const sources = { headers: { "x-token": "h", "x.y": "d" }, rawQueryString: "token=q%20q&twice=1&twice=2&empty=" };

  test.each([
    ["$request.header.X-Token", "h"],
    ["$request.header.x.y", "d"],
    ["$request.header.absent", undefined],
    ["$request.querystring.token", "q q"],
    ["$request.querystring.TOKEN", undefined],
    ["$request.querystring.twice", "1,2"],
    ["$request.querystring.empty", ""],
    ["$request.querystring.toString", undefined],
  ])("%s finds %j", (expression, found) => {
    expect(isIdentitySource(expression)).toBe(true);
    expect(identityAt(expression, sources)).toBe(found);
  });

  test.each([
    "",
    "$request.header",
    "$request.header.",
    "$request.body.x",
    "header.X",
    "$request.header.a b",
    " $request.header.a",
  ])("is not '%s'", (expression) => {
    expect(isIdentitySource(expression)).toBe(false);
    expect(identityAt(expression, sources)).toBeUndefined();
  });
});
