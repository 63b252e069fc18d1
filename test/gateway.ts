// API Gateway alone, in this process, with functions that answer what a case wants; and requests sent exactly as given.

import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/core/clock.ts";
import type { Surroundings } from "../src/local/apigatewayv2/apis.ts";
import { createApiGateway } from "../src/local/apigatewayv2/service.ts";
import type { PortChange } from "../src/local/control.ts";
import { openCredentials } from "../src/local/credentials.ts";
import { createDispatch } from "../src/local/dispatch.ts";
import { createFaults } from "../src/local/faults.ts";
import { createRequestLog } from "../src/local/request-log.ts";
import { startServer, type Server } from "../src/local/server.ts";
import type { Call, Invocation, JsonObject, Roles, ServiceCaller } from "../src/local/service.ts";
import { openCollection } from "../src/local/store.ts";
import type { TestCloud } from "./cloud.ts";

export const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f";

export interface Invoked {
  readonly functionArn: string;
  readonly event: Event;
  readonly caller: ServiceCaller;
}

/** The members of the event that the cases look at. */
export interface Event extends JsonObject {
  headers: Record<string, string>;
  requestContext: JsonObject & { http: JsonObject };
}

type Respond = (event: Event) => Invocation | Promise<Invocation>;

export interface ApiUnderTest {
  readonly apiId: string;
  readonly url: string;
  readonly integrationId: string;
  /** Attached to the function unless other members are given. */
  route(routeKey: string, more?: JsonObject): Promise<string>;
}

export interface TestGateway {
  readonly surroundings: Surroundings;
  readonly logged: string[];
  readonly invoked: Invoked[];
  respond: Respond;
  /** A call of an operation without the wire and its validation. */
  call(operation: string, input: JsonObject): Promise<JsonObject>;
  /** An API with an integration and the stage `$default`. */
  makeApi(settings?: JsonObject, integration?: JsonObject): Promise<ApiUnderTest>;
  lastEvent(): Event;
  /** Before each case: nothing logged, nothing invoked, functions answer `ok`. */
  begin(): void;
  start(): Promise<PortChange[]>;
  close(): Promise<void>;
  reset(): Promise<void>;
  /** Another one on the same data, not started yet. */
  reopen(): void;
  /** Its operations on a port, for `new ApiGatewayV2Client(config)` with any key. */
  listen(): Promise<TestCloud["config"]>;
  /** Closes it and deletes its data. */
  end(): Promise<void>;
}

const NO_ROLES: Roles = {
  find: () => undefined,
  trusts: () => false,
  trustPolicy: () => undefined,
  isPolicy: () => false,
  allows: () => false,
  decide: () => "noIdentity",
  mentioned: () => new Set(),
  credentials(roleArn) {
    throw new Error(`no role ${roleArn}`);
  },
};

export function answered(value: unknown): Invocation {
  return { outcome: "answered", payload: Buffer.from(JSON.stringify(value)) };
}

/** @param given the clock's time and the issuers whose tokens it knows */
export function createTestGateway(given: { now: () => number } & Partial<Pick<Surroundings, "issuers">>): TestGateway {
  const folder = mkdtempSync(join(tmpdir(), "awsls-http-api-"));
  const logged: string[] = [];
  const invoked: Invoked[] = [];
  const surroundings: Surroundings = {
    env: {
      region: "us-east-1",
      accountId: "000000000000",
      partition: "aws",
      folder,
      clock: { ...systemClock, now: given.now },
      log: (line) => logged.push(line),
      endpoint: () => "http://127.0.0.1:1",
      collection: (name) => openCollection(folder, name),
    },
    functions: {
      async invoke(functionArn, payload, caller) {
        const event = JSON.parse(Buffer.from(payload).toString()) as Event;
        invoked.push({ functionArn, event, caller });
        return world.respond(event);
      },
      enqueue: () => "missing",
    },
    issuers: given.issuers ?? { keysOf: () => undefined },
  };
  let gateway = createApiGateway(surroundings);
  let server: Server | undefined;

  async function call(operation: string, input: JsonObject): Promise<JsonObject> {
    const found = gateway.service.operations[operation];
    if (found === undefined) throw new Error(`no ${operation}`);
    return ((await found.run(input, {} as Call)) ?? {}) as JsonObject;
  }

  const world: TestGateway = {
    surroundings,
    logged,
    invoked,
    respond: () => answered({ statusCode: 200, body: "ok" }),
    call,
    async makeApi(settings = {}, integration = {}) {
      const api = await call("CreateApi", { name: "a", protocolType: "HTTP", ...settings });
      const apiId = String(api["apiId"]);
      const made = await call("CreateIntegration", {
        apiId,
        integrationType: "AWS_PROXY",
        integrationUri: FUNCTION,
        payloadFormatVersion: "2.0",
        ...integration,
      });
      await call("CreateStage", { apiId, stageName: "$default", autoDeploy: true });
      const integrationId = String(made["integrationId"]);
      return {
        apiId,
        url: String(api["apiEndpoint"]),
        integrationId,
        async route(routeKey, more = { target: `integrations/${integrationId}` }) {
          return String((await call("CreateRoute", { apiId, routeKey, ...more }))["routeId"]);
        },
      };
    },
    lastEvent() {
      const last = invoked.at(-1);
      if (last === undefined) throw new Error("no function was invoked");
      return last.event;
    },
    begin() {
      invoked.length = 0;
      logged.length = 0;
      world.respond = () => answered({ statusCode: 200, body: "ok" });
    },
    start: () => gateway.start(),
    close: async () => gateway.service.close?.(),
    reset: async () => gateway.service.reset?.(),
    reopen() {
      gateway = createApiGateway(surroundings);
    },
    async listen() {
      const { region, accountId, clock, log } = surroundings.env;
      const dispatch = createDispatch({
        services: [gateway.service],
        credentials: openCredentials({ folder, accountId, anyCredentials: true, now: given.now }),
        roles: NO_ROLES,
        region,
        clock,
        requests: createRequestLog(),
        faults: createFaults(),
        log,
      });
      server = await startServer(0, dispatch);
      const credentials = { accessKeyId: "any", secretAccessKey: "any" };
      return { region, endpoint: `http://127.0.0.1:${server.port}`, credentials, maxAttempts: 1 };
    },
    async end() {
      await server?.close();
      await gateway.service.close?.();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request exactly as given: no folding of dots, no decoding, any Host. */
export function send(
  url: string,
  path: string,
  {
    method = "GET",
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string | string[]>; body?: string | Buffer } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: hostname, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}
