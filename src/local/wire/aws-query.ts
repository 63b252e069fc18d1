// AWS Query (IAM, STS): a form with `Action` and flattened members in, XML out.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html

import { AwsError, Reply } from "../service.ts";
import type { Json, JsonObject, Service, Shape, Unimplemented } from "../service.ts";
import { operationNamed } from "./wire.ts";
import type { Wire, WireRequest } from "./wire.ts";

export function createAwsQuery(service: Service): Wire {
  const namespace = `https://${service.signingName}.amazonaws.com/doc/${service.target ?? ""}/`;
  const reply = (status: number, xml: string, requestId: string): Reply =>
    new Reply(status, { "content-type": "text/xml", "x-amzn-requestid": requestId }, Buffer.from(xml));

  return {
    find(request) {
      const form = formOf(request);
      const name = form.get("Action");
      if (name === null || form.get("Version") !== service.target) return undefined;
      return { name, operation: operationNamed(service, name), labels: {} };
    },
    input(found, request) {
      const form = formOf(request);
      const members = membersOf(found.operation?.input ?? {}, form, "");
      for (const name of presentOf(found.operation?.notImplemented ?? [], form)) members[name] = true;
      return members;
    },
    answer(found, output, requestId) {
      const result = output ? `<${found.name}Result>${toXml(output)}</${found.name}Result>` : "";
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      const xml = `<${found.name}Response xmlns="${namespace}">${result}${metadata}</${found.name}Response>`;
      return reply(200, xml, requestId);
    },
    refusal(error: AwsError, requestId) {
      const type = error.status >= 500 ? "Receiver" : "Sender";
      const body = toXml({ Type: type, Code: error.code, Message: error.message, ...error.members });
      const xml = `<ErrorResponse xmlns="${namespace}"><Error>${body}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
      return reply(error.status, xml, requestId);
    },
  };
}

/**
 * Why a signed request asks for no operation of this service, in AWS's words; undefined when it does ask for one.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
export function queryProblem(service: Service, request: WireRequest): AwsError | undefined {
  const form = formOf(request);
  const [action, version] = [form.get("Action"), form.get("Version")];
  if (action === null || action === "") {
    return new AwsError("MissingAction", 400, "The request is missing an action or a required parameter.");
  }
  if (version === service.target) return undefined;
  const named = version === null || version === "" ? "NO_VERSION_SPECIFIED" : version;
  return new AwsError("InvalidAction", 400, `Could not find operation ${action} for version ${named}`);
}

/** The form of a request: its body, or its query string for a GET. */
export function formOf(request: WireRequest): URLSearchParams {
  return new URLSearchParams(request.body.length > 0 ? request.body.toString("utf8") : request.query);
}

/** Of members that have no shape here only this much is asked: whether they say anything. */
function presentOf(members: readonly Unimplemented[], form: URLSearchParams): string[] {
  return members
    .map((each) => (typeof each === "string" ? each : each.member))
    .filter((name) => [...form].some(([key, value]) => value !== "" && (key === name || key.startsWith(`${name}.`))));
}

function membersOf(shapes: Readonly<Record<string, Shape>>, form: URLSearchParams, prefix: string): JsonObject {
  const members: JsonObject = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const value = valueOf(shape, form, prefix + name);
    if (value !== undefined) members[name] = value;
  }
  return members;
}

function valueOf(shape: Shape, form: URLSearchParams, key: string): Json | undefined {
  switch (shape.type) {
    case "structure": {
      if (![...form.keys()].some((name) => name.startsWith(`${key}.`))) return undefined;
      return membersOf(shape.members ?? {}, form, `${key}.`);
    }
    case "list":
      return listOf(shape.of ?? { type: "string" }, form, key);
    default:
      return scalarOf(shape, form.get(key));
  }
}

function listOf(element: Shape, form: URLSearchParams, key: string): Json[] | undefined {
  // An empty list is sent as `Tags=`.
  const list: Json[] = [];
  for (let index = 1; ; index += 1) {
    const value = valueOf(element, form, `${key}.member.${index}`);
    if (value === undefined) return list.length > 0 || form.has(key) ? list : undefined;
    list.push(value);
  }
}

/** What cannot be read as its type stays text, so that the shape check names it. */
function scalarOf(shape: Shape, text: string | null): Json | undefined {
  if (text === null) return undefined;
  if (shape.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (shape.type === "integer") return /^-?\d+$/.test(text) ? Number(text) : text;
  return text;
}

function toXml(value: Json): string {
  if (Array.isArray(value)) return value.map((element) => `<member>${toXml(element)}</member>`).join("");
  if (typeof value !== "object" || value === null) return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, member]) => (member === undefined ? "" : `<${name}>${toXml(member)}</${name}>`))
    .join("");
}

/** XML has no way to write most control characters, nor half a surrogate pair: they become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, "\uFFFD")
    .replace(/[&<>"\r]/g, (found) => XML_ENTITIES[found] ?? found);
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#xD;",
};
