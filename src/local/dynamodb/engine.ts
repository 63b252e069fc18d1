// dynalite without its server: requests are replayed to it in process, so no socket of a client ever reaches it.

import { setTimeout as delay } from "node:timers/promises";
import dynalite from "dynalite";
import { AwsError } from "../service.ts";
import type { JsonObject } from "../service.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Of the body, as AWS sends it; some SDKs check it. */
  readonly crc32: string;
}

export interface Engine {
  /** One operation from its JSON to the answer's JSON, errors included. */
  replay(operation: string, body: Uint8Array): Promise<Answer>;
  /**
   * The same for an operation that somebody here looks into.
   * @throws {AwsError} what DynamoDB refuses
   */
  call(operation: string, input: JsonObject): Promise<JsonObject>;
  /** Waits for what is under way, then closes the files. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly path: string;
  readonly region: string;
  readonly accountId: string;
}

/** The operations that dynalite knows; it would refuse any other without naming it. */
const OPERATIONS: ReadonlySet<string> = new Set([
  "BatchGetItem",
  "BatchWriteItem",
  "CreateTable",
  "DeleteItem",
  "DeleteTable",
  "DescribeTable",
  "GetItem",
  "ListTables",
  "PutItem",
  "Query",
  "Scan",
  "UpdateItem",
  "UpdateTable",
]);

/** dynalite looks whether a request is signed, not how: the control port has checked that already. */
const SIGNED = {
  "content-type": "application/x-amz-json-1.0",
  authorization: "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local",
  "x-amz-date": "20260101T000000Z",
};

/** How long a close waits for requests under way. */
const DRAIN_MS = 5000;

export function openEngine(options: EngineOptions): Engine {
  const server = createDynalite(options);
  const underWay = new Set<Promise<Answer>>();
  let closed = false;

  async function replay(operation: string, body: Uint8Array): Promise<Answer> {
    if (!OPERATIONS.has(operation)) {
      const message = `The local cloud does not implement dynamodb ${operation}`;
      throw new AwsError("UnknownOperationException", 400, message);
    }
    if (closed) throw new AwsError("ServiceUnavailableException", 503, "The local cloud is stopping");
    const answer = new Promise<Answer>((resolve) => {
      const request = replayedRequest(operation, Buffer.from(body.buffer, body.byteOffset, body.byteLength));
      server.emit("request", request, answerTo(resolve));
      request.start();
    });
    underWay.add(answer);
    try {
      return await answer;
    } finally {
      underWay.delete(answer);
    }
  }

  return {
    replay,
    async call(operation, input) {
      const { status, body } = await replay(operation, Buffer.from(JSON.stringify(input)));
      const output = JSON.parse(body) as JsonObject;
      if (status < 400) return output;
      throw new AwsError(String(output["__type"]).replace(/^.*#/, ""), status, String(output["message"] ?? ""));
    },
    async close() {
      if (closed) return;
      closed = true;
      await Promise.race([Promise.allSettled(underWay), delay(DRAIN_MS, undefined, { ref: false })]);
      // A table that was made or deleted last is written once more from a timer of 0 ms.
      await delay(5);
      await closeFiles(server);
    },
  };
}

/** dynalite reads region and account from the process environment, once, when it is made. */
function createDynalite({ path, region, accountId }: EngineOptions): ReturnType<typeof dynalite> {
  const before = { AWS_REGION: process.env["AWS_REGION"], AWS_ACCOUNT_ID: process.env["AWS_ACCOUNT_ID"] };
  Object.assign(process.env, { AWS_REGION: region, AWS_ACCOUNT_ID: accountId });
  try {
    return dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/**
 * dynalite closes its files only when its server closes, and a server only closes that listens: so it listens for a
 * moment, on the loopback, with nobody who would answer.
 */
function closeFiles(server: ReturnType<typeof dynalite>): Promise<void> {
  server.removeAllListeners("request");
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      server.close((error) => (error ? reject(error) : resolve()));
    });
  });
}

/** What dynalite uses of an incoming message. There is no Origin, so it adds no CORS headers of its own. */
function replayedRequest(operation: string, body: Buffer): { start(): void } {
  const listeners: Record<string, ((data?: Buffer) => void) | undefined> = {};
  const request = {
    method: "POST",
    url: "/",
    headers: { ...SIGNED, "x-amz-target": `DynamoDB_20120810.${operation}` },
    on(event: string, listener: (data?: Buffer) => void) {
      listeners[event] = listener;
      return request;
    },
    removeAllListeners: () => request,
    start() {
      listeners["data"]?.(body);
      listeners["end"]?.();
    },
  };
  return request;
}

/** What dynalite uses of a server response. */
function answerTo(resolve: (answer: Answer) => void): object {
  let crc32 = "";
  const response = {
    statusCode: 200,
    setHeader(name: string, value: unknown) {
      if (name === "x-amz-crc32") crc32 = String(value);
    },
    end(body = "") {
      resolve({ status: response.statusCode, body, crc32 });
    },
  };
  return response;
}
