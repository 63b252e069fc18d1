// The one place through which every operation passes: who calls, what, may they, is the input right; run, answer, note.

import { randomUUID } from "node:crypto";
import { authorize } from "./authorize.ts";
import type { Credentials, ErrorStyle } from "./credentials.ts";
import { refusal } from "./credentials.ts";
import type { Fault, Faults } from "./faults.ts";
import { needsOf } from "./needs.ts";
import { requestKeys } from "./request-keys.ts";
import type { RequestLog } from "./request-log.ts";
import { AwsError, Reply } from "./service.ts";
import type { Call, Clock, JsonObject, Principal, Roles, Service } from "./service.ts";
import { signedOf } from "./signature.ts";
import type { Signed } from "./signature.ts";
import { refuseUnimplemented } from "./unimplemented.ts";
import { validate } from "./validate.ts";
import { createAwsJson } from "./wire/aws-json.ts";
import { createAwsQuery, formOf, queryProblem } from "./wire/aws-query.ts";
import { createRestJson } from "./wire/rest-json.ts";
import { parseJsonBody } from "./wire/wire.ts";
import type { Found, Wire, WireRequest } from "./wire/wire.ts";

/** Answers one request; `undefined` means: hang up without an answer (a fault asked for it). Never rejects. */
export type Dispatch = (request: WireRequest, signal: AbortSignal) => Promise<Reply | undefined>;

export interface DispatchOptions {
  readonly services: readonly Service[];
  readonly credentials: Credentials;
  readonly roles: Roles;
  readonly region: string;
  readonly clock: Clock;
  readonly requests: RequestLog;
  readonly faults: Faults;
  log(line: string): void;
}

interface Endpoint {
  readonly service: Service;
  readonly wire: Wire;
  readonly style: ErrorStyle;
}

/** One request on its way, with what is known of it so far. */
interface Passage {
  readonly endpoint: Endpoint;
  readonly found: Found;
  readonly request: WireRequest;
  readonly requestId: string;
  readonly signal: AbortSignal;
  principal: Principal | undefined;
}

const ANONYMOUS: Principal = { kind: "anonymous", arn: "", userId: "" };
/** Services that this cloud has nothing of and whose clients read XML only. */
const XML_SERVICES: ReadonlySet<string> = new Set(["s3", "cloudfront", "route53"]);
/** IAM and STS are signed for us-east-1 wherever one is. */
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(["iam", "sts"]);

export function createDispatch(options: DispatchOptions): Dispatch {
  const { clock, requests, faults, region } = options;
  const endpoints = options.services.map(endpointOf);

  return async (request, signal) => {
    const time = clock.now();
    const requestId = randomUUID();
    const signed = signedOf(request);
    const endpoint = endpointFor(endpoints, request, signed);
    if (!endpoint) return unknownService(request, signed, requestId);
    const found = endpoint.wire.find(request) ?? {
      name: formAction(request) ?? `${request.method} ${request.path}`,
      operation: undefined,
      labels: {},
    };
    const passage: Passage = { endpoint, found, request, requestId, signal, principal: undefined };
    let reply: Reply | undefined;
    let code: string | undefined;
    try {
      reply = await pass(passage, signed);
      if (reply && reply.status >= 400) code = codeOf(reply);
    } catch (error) {
      const refused = toAwsError(error, passage, options);
      code = refused.code;
      reply = endpoint.wire.refusal(refused, requestId);
    }
    requests.add({
      time,
      service: endpoint.service.signingName,
      operation: found.name,
      principal: passage.principal?.arn ?? "",
      status: reply?.status ?? 0,
      ...(code !== undefined && { code }),
      ms: clock.now() - time,
    });
    return reply;
  };

  async function pass(passage: Passage, signed: Signed | "malformed" | undefined): Promise<Reply | undefined> {
    const { service } = passage.endpoint;
    passage.principal = authenticate(passage, signed);
    const fault = faults.take(service.signingName, passage.found.name);
    if (!fault) return run(passage, passage.principal);
    if ((await meet(fault, passage.signal)) === "hang up") return undefined;
    const reply = await run(passage, passage.principal);
    return fault.drop === "after" ? undefined : reply;
  }

  function authenticate({ endpoint, found, request }: Passage, signed: Signed | "malformed" | undefined): Principal {
    if (found.operation?.unsigned) return ANONYMOUS;
    const { service, style } = endpoint;
    const principal = options.credentials.principalOf(request, signed, style);
    if (!principal) throw refusal("missing", style);
    if (typeof signed === "object") checkScope(signed, service, style);
    return principal;
  }

  function checkScope(signed: Signed, service: Service, style: ErrorStyle): void {
    if (signed.service !== service.signingName) {
      const message = `Credential should be scoped to correct service: '${service.signingName}'.`;
      throw refusal("signature", style, message);
    }
    if (signed.region === region) return;
    if (signed.region === "us-east-1" && GLOBAL_SERVICES.has(service.signingName)) return;
    const message = `Credential should be scoped to a valid region, not '${signed.region}': this local cloud is ${region} alone.`;
    throw refusal("signature", style, message);
  }

  async function meet(fault: Fault, signal: AbortSignal): Promise<"hang up" | "go on"> {
    if (fault.delayMs !== undefined) await clock.sleep(fault.delayMs, signal);
    if (fault.hang) await aborted(signal);
    if (fault.hang || fault.drop === "before") return "hang up";
    if (fault.code === undefined) return "go on";
    throw new AwsError(fault.code, fault.status ?? 400, fault.message ?? "");
  }

  async function run(passage: Passage, principal: Principal): Promise<Reply> {
    const { endpoint, found, request, requestId, signal } = passage;
    const { service, wire } = endpoint;
    const call: Call = {
      service: service.signingName,
      operation: found.name,
      requestId,
      principal,
      headers: request.headers,
      signal,
    };
    const { operation } = found;
    if (!operation) return passThrough(passage, call);
    const input = wire.input(found, request);
    validate(operation.input, input, service.validationError);
    refuseUnimplemented(operation.notImplemented ?? [], input, `${service.signingName} ${found.name}`);
    if (principal.kind === "role") await allow(passage, principal, input);
    const output = await operation.run(input, call);
    if (!(output instanceof Reply)) return wire.answer(found, output, requestId);
    return new Reply(output.status, { "x-amzn-requestid": requestId, ...output.headers }, output.body);
  }

  async function allow(passage: Passage, caller: Principal, input: JsonObject): Promise<void> {
    const { roles } = options;
    const mentioned = [...roles.mentioned(caller)];
    const needs = await needsOf(passage, caller, input, mentioned.length > 0);
    const ofEveryCall = mentioned.some((key) => key.startsWith("aws:"));
    const isAsked = ofEveryCall || needs.some(({ resourceDocument }) => resourceDocument !== undefined);
    const keys = isAsked ? requestKeys(passage.request.headers, declaredIn(passage, input), clock) : {};
    authorize(needs, keys, caller, passage.endpoint.style, roles);
  }

  async function passThrough(passage: Passage, call: Call): Promise<Reply> {
    const { endpoint, found, request, requestId } = passage;
    const engine = endpoint.service.passThrough;
    if (!engine) {
      const problem = endpoint.style === "query" ? queryProblem(endpoint.service, request) : undefined;
      throw problem ?? unknownOperation(endpoint, found.name);
    }
    if (call.principal.kind === "role") await allow(passage, call.principal, parseJsonBody(request.body));
    const reply = await engine.forward(found.name, request.body, call);
    return new Reply(reply.status, { ...reply.headers, "x-amzn-requestid": requestId }, reply.body);
  }
}

/** Only what the operation takes: a member that it ignores must not be what a policy looks at. */
function declaredIn({ found }: Passage, input: JsonObject): JsonObject {
  const declared = found.operation?.input ?? {};
  return Object.fromEntries(Object.entries(input).filter(([member]) => Object.hasOwn(declared, member)));
}

function endpointOf(service: Service): Endpoint {
  switch (service.protocol) {
    case "awsQuery":
      return { service, wire: createAwsQuery(service), style: "query" };
    case "restJson1":
      return { service, wire: createRestJson(service), style: "rest" };
    default:
      return { service, wire: createAwsJson(service), style: "json" };
  }
}

/** By the credential scope, as AWS's own host names would; by the request itself when it is not signed. */
function endpointFor(
  endpoints: readonly Endpoint[],
  request: WireRequest,
  signed: Signed | "malformed" | undefined,
): Endpoint | undefined {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    const prefix = target.split(".")[0];
    return endpoints.find(({ service, style }) => style === "json" && service.target === prefix);
  }
  if (typeof signed === "object") return endpoints.find(({ service }) => service.signingName === signed.service);
  return endpoints.find(({ wire }) => wire.find(request) !== undefined);
}

function unknownOperation({ service, style }: Endpoint, name: string): AwsError {
  const message = `The local cloud does not implement ${service.signingName} ${name}`;
  return new AwsError("UnknownOperationException", style === "rest" ? 404 : 400, message);
}

/** Nothing says which protocol an unknown service speaks, so the request's own form decides. */
function unknownService(request: WireRequest, signed: Signed | "malformed" | undefined, requestId: string): Reply {
  const target = request.headers["x-amz-target"];
  const operation = typeof target === "string" ? target : (formAction(request) ?? `${request.method} ${request.path}`);
  const name = typeof signed === "object" ? signed.service : "unknown";
  const speaksXml = formAction(request) !== undefined || XML_SERVICES.has(name);
  const protocol = typeof target === "string" ? "awsJson1_1" : speaksXml ? "awsQuery" : "restJson1";
  const service: Service = { signingName: name, protocol, operations: {}, validationError: "ValidationException" };
  const endpoint = endpointOf(service);
  return endpoint.wire.refusal(unknownOperation(endpoint, operation), requestId);
}

function formAction(request: WireRequest): string | undefined {
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  return isForm ? (formOf(request).get("Action") ?? undefined) : undefined;
}

function toAwsError(error: unknown, { endpoint, found }: Passage, options: DispatchOptions): AwsError {
  if (error instanceof AwsError) return error;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  options.log(`${endpoint.service.signingName} ${found.name} failed: ${detail}`);
  return new AwsError("InternalFailure", 500, "The local cloud failed; its log file says where.");
}

/** The error's name in an answer that an engine wrote itself. */
function codeOf(reply: Reply): string | undefined {
  const header = reply.headers["x-amzn-errortype"];
  if (header !== undefined) return header;
  try {
    const body: unknown = JSON.parse(Buffer.from(reply.body).toString("utf8"));
    if (typeof body !== "object" || body === null || !("__type" in body)) return undefined;
    return typeof body.__type === "string" ? body.__type.split("#").at(-1) : undefined;
  } catch {
    return undefined;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
