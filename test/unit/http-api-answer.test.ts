// What API Gateway makes of a function's answer, and which bodies it hands over as text.

import { validateHeaderName, validateHeaderValue } from "node:http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toAnswer } from "../../src/local/apigatewayv2/answer.ts";
import { isTextBody, readHeaders } from "../../src/local/apigatewayv2/event.ts";

function answerTo(value: unknown, corsConfigured = false) {
  const answer = toAnswer(Buffer.from(JSON.stringify(value) ?? ""), corsConfigured);
  return answer && { ...answer, body: answer.body.toString() };
}

const INFERRED = ["content-type", "application/json"];
const PLAIN = ["content-type", "text/plain;charset=UTF-8"];

describe("without a statusCode", () => {
  // The two examples of AWS's page, and what follows from its rule.
  test.each([
    ["Hello from Lambda!", "Hello from Lambda!"],
    [{ message: "Hello from Lambda!" }, '{"message":"Hello from Lambda!"}'],
    [[1, 2], "[1,2]"],
    [null, "null"],
    [7, "7"],
  ])("%j is a 200 of itself", (value, body) => {
    expect(answerTo(value)).toEqual({ status: 200, headers: INFERRED, body });
  });
});

describe("with a statusCode", () => {
  test("status, headers, cookies and body are taken", () => {
    const value = {
      statusCode: 201,
      headers: { "Content-Type": "text/html", "X-Count": 3, "X-Flag": true },
      cookies: ["a=1", "b=2; HttpOnly"],
      body: "<p>안녕</p>",
    };
    expect(answerTo(value)).toEqual({
      status: 201,
      headers: [
        "content-type",
        "text/html",
        "x-count",
        "3",
        "x-flag",
        "true",
        "set-cookie",
        "a=1",
        "set-cookie",
        "b=2; HttpOnly",
      ],
      body: "<p>안녕</p>",
    });
  });

  test("a missing body is an empty one, a missing type is plain text", () => {
    expect(answerTo({ statusCode: 200 })).toEqual({ status: 200, headers: PLAIN, body: "" });
  });

  test("base64 becomes bytes", () => {
    const answer = toAnswer(
      Buffer.from(
        JSON.stringify({ statusCode: 200, body: Buffer.from([0, 255, 128]).toString("base64"), isBase64Encoded: true }),
      ),
      false,
    );
    expect(answer?.body).toEqual(Buffer.from([0, 255, 128]));
  });

  test("what belongs to the connection is left out", () => {
    const value = {
      statusCode: 200,
      headers: { "content-length": "999", Connection: "close", "transfer-encoding": "chunked" },
    };
    expect(answerTo(value)?.headers).toEqual(PLAIN);
  });

  test("the API's own CORS configuration wins over the function's headers", () => {
    const value = {
      statusCode: 200,
      headers: { "Access-Control-Allow-Origin": "https://x", "content-type": "text/css" },
    };
    expect(answerTo(value, true)?.headers).toEqual(["content-type", "text/css"]);
    expect(answerTo(value, false)?.headers).toContain("access-control-allow-origin");
  });

  test.each([
    { statusCode: "abc" },
    { statusCode: 99 },
    { statusCode: 700 },
    { statusCode: 200.5 },
    { statusCode: null },
    { statusCode: 200, body: { a: 1 } },
    { statusCode: 200, headers: "x" },
    { statusCode: 200, headers: { a: ["b"] } },
    { statusCode: 200, headers: { "bad name": "x" } },
    { statusCode: 200, headers: { a: "b\r\nset-cookie: c" } },
    { statusCode: 200, cookies: "a=1" },
    { statusCode: 200, cookies: ["a=1\n"] },
  ])("%j is nonsense", (value) => {
    expect(answerTo(value)).toBeUndefined();
  });

  test("whatever a function answers, Node can send it or it is nonsense", () => {
    const value = fc.record(
      {
        statusCode: fc.oneof(fc.integer({ min: 100, max: 600 }), fc.anything()),
        headers: fc.oneof(
          fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue())),
          fc.jsonValue(),
        ),
        cookies: fc.oneof(fc.array(fc.string({ unit: "binary" })), fc.jsonValue()),
        body: fc.oneof(fc.string(), fc.jsonValue()),
        isBase64Encoded: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(value, fc.jsonValue()), (answer) => {
        const made = toAnswer(Buffer.from(JSON.stringify(answer, bigIntAsText) ?? "null"), false);
        for (let index = 0; index < (made?.headers.length ?? 0); index += 2) {
          const name = made?.headers[index] ?? "";
          validateHeaderName(name);
          validateHeaderValue(name, made?.headers[index + 1] ?? "");
        }
      }),
      { numRuns: 300 },
    );
  });

  function bigIntAsText(_key: string, value: unknown): unknown {
    return typeof value === "bigint" ? String(value) : value;
  }
});

test("what is no JSON is nonsense", () => {
  expect(toAnswer(Buffer.from("oops"), false)).toBeUndefined();
  expect(toAnswer(Buffer.from(""), false)).toBeUndefined();
});

describe("a request's body", () => {
  test.each([
    "text/plain",
    "text/html; charset=utf-8",
    "application/json",
    "Application/JSON; charset=UTF-8",
    "application/xml",
    "application/javascript",
  ])("of type %s is text", (type) => expect(isTextBody(type)).toBe(true));

  test.each([
    undefined,
    "",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "application/problem+json",
    "image/svg+xml",
    "multipart/form-data; boundary=x",
    "text/plain; charset=iso-8859-1",
    "application/jsonx",
  ])("of type %s arrives in base64", (type) => {
    expect(isTextBody(type)).toBe(false);
  });
});

test("headers are in lower case, repeated ones joined by commas, cookies apart", () => {
  const read = readHeaders([
    "X-A",
    "1",
    "x-a",
    "2",
    "Cookie",
    "a=1; b=2",
    "Host",
    "h",
    "Connection",
    "keep-alive",
    "__proto__",
    "p",
  ]);
  expect(Object.entries(read.headers)).toEqual([
    ["x-a", "1,2"],
    ["host", "h"],
    ["__proto__", "p"],
  ]);
  expect(read.cookies).toEqual(["a=1", "b=2"]);
});
