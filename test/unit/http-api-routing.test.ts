// Which route a request takes, and how its path and query are read: properties over all routes and paths.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQuery, parseTarget } from "../../src/local/apigatewayv2/path.ts";
import { compileRoutes, isRouteKey } from "../../src/local/apigatewayv2/routing.ts";

function tableOf(routeKeys: readonly string[]) {
  return compileRoutes(routeKeys.map((routeKey) => ({ routeKey, authorizationType: "NONE" })));
}

function take(routeKeys: readonly string[], method: string, path: string): string | undefined {
  return tableOf(routeKeys).match(method, path)?.route.routeKey;
}

const segment = fc.constantFrom("a", "b", "{x}");
const template = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.boolean())
  .map(([segments, greedy]) => [...unique(segments), ...(greedy ? ["{rest+}"] : [])])
  .map((segments) => `/${segments.join("/")}`);
const routeKey = fc.tuple(fc.constantFrom("GET", "PUT", "ANY"), template).map(([method, path]) => `${method} ${path}`);
const routeKeys = fc.uniqueArray(fc.oneof({ weight: 9, arbitrary: routeKey }, fc.constant("$default")), {
  maxLength: 12,
});
const path = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 5 }).map((parts) => `/${parts.join("/")}`);
const method = fc.constantFrom("GET", "PUT", "DELETE");

/** Variables of one name stand for different segments: {x}, {x1}, {x2}. */
function unique(segments: readonly string[]): string[] {
  return segments.map((each, index) => (each === "{x}" ? `{x${index}}` : each));
}

/** A second opinion on whether a route fits, by regular expression. */
function fits(key: string, requestMethod: string, requestPath: string): boolean {
  if (key === "$default") return true;
  const [keyMethod = "", keyPath = ""] = key.split(" ");
  const pattern = keyPath.replaceAll(/\{\w+\+\}/g, ".+").replaceAll(/\{\w+\}/g, "[^/]+");
  return (keyMethod === "ANY" || keyMethod === requestMethod) && new RegExp(`^${pattern}$`).test(requestPath);
}

/** A second opinion on rank: smaller is more specific; compares as text. */
function rank(key: string): string {
  if (key === "$default") return "9";
  const [keyMethod = "", keyPath = ""] = key.split(" ");
  const kinds = keyPath
    .slice(1)
    .split("/")
    .map((each) => (each.endsWith("+}") ? "2" : each.startsWith("{") ? "1" : "0"));
  return `${kinds.join("")}${keyMethod === "ANY" ? "1" : "0"}`;
}

describe("routing", () => {
  test("takes a fitting route exactly when there is one, and none of the others is more specific", () => {
    fc.assert(
      fc.property(routeKeys, method, path, (keys, requestMethod, requestPath) => {
        const fitting = keys.filter((key) => fits(key, requestMethod, requestPath));
        const taken = take(keys, requestMethod, requestPath);
        if (fitting.length === 0) {
          expect(taken).toBeUndefined();
          return;
        }
        expect(fitting).toContain(taken);
        const best = fitting.map(rank).toSorted()[0];
        expect(rank(taken ?? "")).toBe(best);
      }),
      { numRuns: 2000 },
    );
  });

  test("does not depend on the order in which routes were made", () => {
    fc.assert(
      fc.property(routeKeys, method, path, (keys, requestMethod, requestPath) => {
        const forwards = take(keys, requestMethod, requestPath);
        expect(take(keys.toReversed(), requestMethod, requestPath)).toBe(forwards);
      }),
      { numRuns: 1000 },
    );
  });

  test("fills path variables so that the template gives the path back", () => {
    fc.assert(
      fc.property(routeKeys, method, path, (keys, requestMethod, requestPath) => {
        const match = tableOf(keys).match(requestMethod, requestPath);
        if (match === undefined || match.route.routeKey === "$default") return;
        const [, keyPath = ""] = match.route.routeKey.split(" ");
        const filled = keyPath.replaceAll(/\{(\w+)\+?\}/g, (_, name: string) => match.pathParameters?.[name] ?? "!");
        expect(filled).toBe(requestPath);
      }),
      { numRuns: 1000 },
    );
  });

  test("follows the example of AWS's page on route priority", () => {
    const keys = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"];
    expect(take(keys, "GET", "/pets/dog/1")).toBe("GET /pets/dog/1");
    expect(take(keys, "GET", "/pets/dog/2")).toBe("GET /pets/dog/{id}");
    expect(take(keys, "GET", "/pets/cat/1")).toBe("GET /pets/{proxy+}");
    expect(take(keys, "POST", "/test/5")).toBe("ANY /{proxy+}");
    expect(take(keys, "POST", "/")).toBe("$default");
  });

  test.each([
    ["GET /items/{id}", "/items/"],
    ["GET /items/{rest+}", "/items/"],
    ["GET /{rest+}", "/"],
    ["GET /items", "/items/"],
    ["GET /items/{id}", "/items/a/b"],
    ["GET /items", "/Items"],
  ])("%s does not take %s", (key, requestPath) => {
    expect(take([key], "GET", requestPath)).toBeUndefined();
  });

  test("HEAD is a method of its own", () => {
    expect(take(["GET /items"], "HEAD", "/items")).toBeUndefined();
    expect(take(["ANY /items"], "HEAD", "/items")).toBe("ANY /items");
  });

  test.each(["$default", "GET /", "ANY /{proxy+}", "PUT /items/{id}", "DELETE /a/{b}/c/{d+}", "OPTIONS /x.y_z-1"])(
    "%s is a route key",
    (key) => expect(isRouteKey(key)).toBe(true),
  );

  test.each([
    "",
    "GET",
    "GET items",
    "/items",
    "get /items",
    "FETCH /items",
    "GET /a b",
    "GET /{a+}/b",
    "GET /{}",
    "GET /x{id}",
    "GET /{a}/{a}",
    "$connect",
  ])("%j is none", (key) => expect(isRouteKey(key)).toBe(false));
});

describe("paths", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });

  test("arrive decoded, whatever stands in them but a question mark", () => {
    fc.assert(
      fc.property(text, (id) => {
        fc.pre(!id.includes("?"));
        expect(parseTarget(`/items/${encodeURIComponent(id)}`)).toEqual({ path: `/items/${id}`, rawQueryString: "" });
      }),
    );
  });

  test("are cut at a decoded question mark, and the real query stays", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(!before.includes("?"));
        const target = parseTarget(`/${encodeURIComponent(before)}%3F${encodeURIComponent(after)}?q=1%20`);
        expect(target).toEqual({ path: `/${before}`, rawQueryString: "q=1%20" });
      }),
    );
  });

  test("never throw, whatever a client sends", () => {
    fc.assert(
      fc.property(
        fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("latin1")),
        (target) => {
          const parsed = parseTarget(target);
          if (parsed !== undefined) expect(parsed.path.startsWith("/")).toBe(true);
        },
      ),
    );
  });

  test.each(["/%", "/%zz", "/%ff", "/a%C3", "*", "items"])("%s is no path", (target) => {
    expect(parseTarget(target)).toBeUndefined();
  });

  test("a proxy's absolute form is read like any other", () => {
    expect(parseTarget("http://127.0.0.1:3000/items?a=b")).toEqual({ path: "/items", rawQueryString: "a=b" });
    expect(parseTarget("http://127.0.0.1:3000")).toEqual({ path: "/", rawQueryString: "" });
  });

  test("a plus in the path stays one", () => {
    expect(parseTarget("/items/a+b%2Bc")?.path).toBe("/items/a+b+c");
  });
});

describe("query strings", () => {
  test("arrive decoded, repeated ones joined by commas", () => {
    expect(parseQuery("parameter1=value1&parameter1=value2&parameter2=a+b%20c&flag")).toEqual({
      parameter1: "value1,value2",
      parameter2: "a b c",
      flag: "",
    });
    expect(parseQuery("")).toBeUndefined();
  });

  test("may have any name", () => {
    const parameters = parseQuery("__proto__=1&constructor=2");
    expect(Object.entries(parameters ?? {})).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
  });
});
