import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AwsError } from "../../src/local/service.ts";
import type { JsonObject, Operation, Reply, Service } from "../../src/local/service.ts";
import { createAwsJson } from "../../src/local/wire/aws-json.ts";
import { createAwsQuery } from "../../src/local/wire/aws-query.ts";
import { createRestJson } from "../../src/local/wire/rest-json.ts";
import type { Wire, WireRequest } from "../../src/local/wire/wire.ts";

const nothing = (): undefined => undefined;

function serviceOf(protocol: Service["protocol"], operations: Record<string, Operation>): Service {
  return { signingName: "iam", protocol, target: "T", operations, validationError: "ValidationException" };
}

function requestOf(request: Partial<Omit<WireRequest, "body">> & { body?: string }): WireRequest {
  return { method: "POST", path: "/", query: "", headers: {}, ...request, body: Buffer.from(request.body ?? "") };
}

function read(wire: Wire, request: WireRequest): { name: string; input: JsonObject } | undefined {
  const found = wire.find(request);
  return found && { name: found.name, input: wire.input(found, request) };
}

const textOf = (reply: Reply): string => Buffer.from(reply.body).toString();

describe("awsJson", () => {
  const wire = createAwsJson(serviceOf("awsJson1_1", { Do: { input: {}, run: nothing } }));
  const call = (body: string, target = "T.Do"): WireRequest => requestOf({ headers: { "x-amz-target": target }, body });

  it("reads target and members; a null member is an absent one", () => {
    const body = '{"a":1,"b":null,"c":{"d":null,"e":"null"}}';
    expect(read(wire, call(body))).toEqual({ name: "Do", input: { a: 1, c: { e: "null" } } });
    expect(read(wire, call(""))).toEqual({ name: "Do", input: {} });
    expect(wire.find(call("", "U.Do"))).toBeUndefined();
    expect(wire.find(call("", "T.toString"))).toEqual({ name: "toString", operation: undefined, labels: {} });
  });

  it.each(["{", "[]", '"x"', "1"])("refuses the body %s", (body) => {
    expect(() => read(wire, call(body))).toThrow(expect.objectContaining({ code: "SerializationException" }));
  });

  it("writes the error's name and members", () => {
    const reply = wire.refusal(new AwsError("Nope", 400, "no", { Reason: "x" }), "id");
    expect(JSON.parse(textOf(reply))).toEqual({ __type: "Nope", message: "no", Reason: "x" });
    expect(reply).toMatchObject({ status: 400, headers: { "x-amzn-requestid": "id" } });
  });
});

describe("awsQuery", () => {
  const tags = { type: "list", of: { type: "structure", members: { Key: { type: "string" } } } } as const;
  const wire = createAwsQuery(
    serviceOf("awsQuery", {
      Do: {
        input: { Name: { type: "string" }, Size: { type: "integer" }, On: { type: "boolean" }, Tags: tags },
        run: nothing,
      },
    }),
  );
  const call = (form: string): WireRequest => requestOf({ body: `Version=T&Action=Do&${form}` });

  it("reads members of every kind", () => {
    const form = "Name=a+b%26&Size=12&On=true&Tags.member.1.Key=x&Tags.member.2.Key=y&Unknown=1";
    const input = { Name: "a b&", Size: 12, On: true, Tags: [{ Key: "x" }, { Key: "y" }] };
    expect(read(wire, call(form))).toEqual({ name: "Do", input });
    expect(read(wire, call("Tags="))?.input).toEqual({ Tags: [] });
    expect(read(wire, call("Size=many&On=maybe"))?.input).toEqual({ Size: "many", On: "maybe" });
  });

  it("reads the query of a GET, and wants the service's own version", () => {
    expect(read(wire, requestOf({ method: "GET", query: "Version=T&Action=Do&Name=x" }))?.input).toEqual({ Name: "x" });
    expect(wire.find(requestOf({ body: "Version=U&Action=Do" }))).toBeUndefined();
  });

  it("writes results, lists and empty results as AWS does", () => {
    const found = { name: "Do", operation: undefined, labels: {} };
    const answer = (output: JsonObject | undefined): string => textOf(wire.answer(found, output, "id"));
    const frame = (result: string): string =>
      `<DoResponse xmlns="https://iam.amazonaws.com/doc/T/">${result}<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DoResponse>`;
    expect(answer({ Names: ["a", "b"], None: undefined, Yes: true })).toBe(
      frame("<DoResult><Names><member>a</member><member>b</member></Names><Yes>true</Yes></DoResult>"),
    );
    expect(answer(undefined)).toBe(frame(""));
    expect(textOf(wire.refusal(new AwsError("Nope", 404, "<no> & never"), "id"))).toBe(
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/T/"><Error><Type>Sender</Type><Code>Nope</Code><Message>&lt;no&gt; &amp; never</Message></Error><RequestId>id</RequestId></ErrorResponse>',
    );
  });

  it("never lets text break out of its element", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "\r", "\u0000", "\uD800", "가", ";", "/") }),
        (text) => {
          const xml = textOf(wire.answer({ name: "Do", operation: undefined, labels: {} }, { Text: text }, "id"));
          const inside = /<Text>([^]*)<\/Text>/.exec(xml)?.[1] ?? "<";
          if (/(?![\t\n\r])[\p{Cc}\p{Cs}]/u.test(inside)) return false;
          return !/[<>"]|&(?!(?:amp|lt|gt|quot|#xD);)/.test(inside);
        },
      ),
    );
  });
});

describe("restJson1", () => {
  const operation = (method: "GET" | "POST" | "DELETE", path: string, more: Partial<Operation> = {}): Operation => ({
    rest: { method, path },
    input: {},
    run: nothing,
    ...more,
  });
  const wire = createRestJson(
    serviceOf("restJson1", {
      Get: operation("GET", "/v2/apis/{apiId}"),
      List: operation("GET", "/v2/apis"),
      Export: operation("GET", "/v2/apis/exports"),
      Tags: operation("GET", "/v2/tags/{resource-arn+}"),
      Untag: {
        rest: { method: "DELETE", path: "/v2/tags/{arn}", query: { tagKeys: "TagKeys", max: "Max" }, status: 204 },
        input: { TagKeys: { type: "list" }, Max: { type: "integer" } },
        run: nothing,
      },
      Invoke: {
        rest: { method: "POST", path: "/f/{name}/invocations", rawBody: "Payload", headers: { "x-type": "Type" } },
        input: {},
        run: nothing,
      },
      Slash: operation("POST", "/list/"),
      Update: operation("POST", "/u/{id}"),
    }),
  );
  const call = (method: string, path: string, more: Partial<WireRequest> = {}): WireRequest => ({
    ...requestOf({ method, path }),
    ...more,
  });

  it.each([
    ["GET", "/v2/apis", "List", {}],
    ["GET", "/v2/apis/", "List", {}],
    ["GET", "/v2/apis/a%20b", "Get", { apiId: "a b" }],
    ["GET", "/v2/apis/exports", "Export", {}],
    ["GET", "/v2/tags/arn:aws:x::/apis/y", "Tags", { "resource-arn": "arn:aws:x::/apis/y" }],
    ["GET", "/v2/tags/arn%3Aaws%3Ax%3A%3A%2Fapis%2Fy", "Tags", { "resource-arn": "arn:aws:x::/apis/y" }],
    ["POST", "/list", "Slash", {}],
    ["POST", "/list/", "Slash", {}],
  ])("%s %s is %s", (method, path, name, input) => {
    expect(read(wire, call(method, path))).toEqual({ name, input });
  });

  it.each([
    ["GET", "/v2/apis/a/b"],
    ["PUT", "/v2/apis"],
    ["GET", "/v2/tags/"],
    ["GET", "/"],
  ])("%s %s is no operation", (method, path) => {
    expect(wire.find(call(method, path))).toBeUndefined();
  });

  it("a broken percent-encoding is the caller's fault", () => {
    const broken = call("GET", "/v2/apis/%zz");
    expect(() => read(wire, broken)).toThrow(expect.objectContaining({ code: "SerializationException", status: 400 }));
  });

  it("round-trips any label", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (id) => {
        const path = `/v2/apis/${encodeURIComponent(id)}`;
        return path.endsWith("exports") || read(wire, call("GET", path))?.input["apiId"] === id;
      }),
    );
  });

  it("reads query lists, numbers and headers, and a body bound whole", () => {
    const untag = call("DELETE", "/v2/tags/x", { query: "tagKeys=a&tagKeys=b%2B&max=3" });
    expect(read(wire, untag)?.input).toEqual({ arn: "x", TagKeys: ["a", "b+"], Max: 3 });
    const body = Buffer.from([0, 255]);
    const invoke = call("POST", "/f/x/invocations", { body, headers: { "x-type": "Event" } });
    expect(read(wire, invoke)?.input).toEqual({ name: "x", Payload: body, Type: "Event" });
  });

  it("a path's label wins over a body member of its name", () => {
    const body = Buffer.from('{"a":1,"id":"other"}');
    expect(read(wire, call("POST", "/u/mine", { body }))?.input).toEqual({ a: 1, id: "mine" });
  });

  it("answers 204 with nothing, errors with their type in a header", () => {
    const found = wire.find(call("DELETE", "/v2/tags/x"));
    if (!found) throw new Error("not found");
    expect(wire.answer(found, undefined, "id")).toMatchObject({ status: 204, body: new Uint8Array() });
    const refused = wire.refusal(new AwsError("Nope", 409, "no", { Type: "User" }), "id");
    expect([refused.headers["x-amzn-errortype"], JSON.parse(textOf(refused))]).toEqual([
      "Nope",
      { message: "no", Type: "User" },
    ]);
    const spelled = wire.refusal(new AwsError("Nope", 409, "no", { Message: "no" }), "id");
    expect(JSON.parse(textOf(spelled))).toEqual({ Message: "no" });
  });
});
