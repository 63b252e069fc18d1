// dynalite without its server: its checks and actions are called as its own HTTP handler would call them.

import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { crc32 } from "node:zlib";
import type { Store } from "dynalite/db/index.js";
import { checkTypes, checkValidations } from "dynalite/validations/index.js";
import { AwsError } from "../service.ts";
import type { JsonObject } from "../service.ts";
import { closeStore, openStore } from "./open-store.ts";
import { createPartitionKeys } from "./partition-keys.ts";
import type { EngineOptions } from "./open-store.ts";

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
  /** The attribute by which a table or its index is partitioned; undefined for what is not there. */
  partitionKey(table: string, index: string | undefined): Promise<string | undefined>;
  /** Waits for what is under way, then closes the files. */
  close(): Promise<void>;
}

/** The operations that dynalite knows; it would refuse any other without naming it. */
const OPERATIONS = [
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
];

/** After these a table of the same name may have another key. */
const CHANGES: ReadonlySet<string> = new Set(["CreateTable", "DeleteTable", "UpdateTable"]);

/** dynalite's own parts of an operation. */
interface Action {
  readonly types: object;
  readonly custom: object | undefined;
  run(store: Store, data: object, done: (error: unknown, output: object) => void): void;
}

/** What dynalite throws or calls back with for everything that DynamoDB refuses. */
interface Refused {
  readonly statusCode: number;
  readonly body: object;
}

const NOT_JSON = { __type: "com.amazon.coral.service#SerializationException" };
/** DynamoDB takes no larger request. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** How long a close waits for requests under way. */
const DRAIN_MS = 5000;

export function openEngine(options: EngineOptions): Engine {
  const store = openStore(options);
  const actions = loadActions();
  const underWay = new Set<Promise<Answer>>();
  let closed = false;
  const partitionKeys = createPartitionKeys(async (TableName) => {
    const { Table } = await call("DescribeTable", { TableName }).catch((error: unknown): JsonObject => {
      if (error instanceof AwsError) return {};
      throw error;
    });
    return Table as JsonObject | undefined;
  });

  async function replay(operation: string, body: Uint8Array): Promise<Answer> {
    const action = actions.get(operation);
    if (!action) {
      const message = `The local cloud does not implement dynamodb ${operation}`;
      throw new AwsError("UnknownOperationException", 400, message);
    }
    if (closed) throw new AwsError("ServiceUnavailableException", 503, "The local cloud is stopping");
    if (CHANGES.has(operation)) partitionKeys.forget();
    const answer = answerOf(action, store, body);
    underWay.add(answer);
    try {
      return await answer;
    } finally {
      underWay.delete(answer);
      if (CHANGES.has(operation)) partitionKeys.forget();
    }
  }

  async function call(operation: string, input: JsonObject): Promise<JsonObject> {
    const { status, body } = await replay(operation, Buffer.from(JSON.stringify(input)));
    const output = JSON.parse(body) as JsonObject;
    if (status < 400) return output;
    throw new AwsError(String(output["__type"]).replace(/^.*#/, ""), status, String(output["message"] ?? ""));
  }

  return {
    replay,
    call,
    partitionKey: (table, index) => partitionKeys.of(table, index),
    async close() {
      if (closed) return;
      closed = true;
      await Promise.race([Promise.allSettled(underWay), delay(DRAIN_MS, undefined, { ref: false })]);
      // A table that was made or deleted last is written once more from a timer of 0 ms.
      await delay(5);
      await closeStore(store);
    },
  };
}

function loadActions(): ReadonlyMap<string, Action> {
  const require = createRequire(import.meta.url);
  return new Map(
    OPERATIONS.map((operation) => {
      const file = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}.js`;
      const { types, custom } = require(`dynalite/validations/${file}`) as Pick<Action, "types" | "custom">;
      return [operation, { types, custom, run: require(`dynalite/actions/${file}`) as Action["run"] }];
    }),
  );
}

/** @throws whatever dynalite throws that is no refusal of DynamoDB's */
async function answerOf(action: Action, store: Store, body: Uint8Array): Promise<Answer> {
  if (body.length > MAX_BODY_BYTES) return { status: 413, body: "", crc32: "0" };
  const input = parse(body);
  if (!input) return toAnswer(400, NOT_JSON);
  try {
    return toAnswer(200, await outputOf(action, store, input));
  } catch (error) {
    if (!isRefused(error)) throw error;
    return toAnswer(error.statusCode, error.body);
  }
}

function outputOf(action: Action, store: Store, input: object): Promise<object> {
  return new Promise((resolve, reject) => {
    const data = checkTypes(input, action.types);
    checkValidations(data, action.types, action.custom, store);
    action.run(store, data, (error, output) => {
      if (error) reject(error);
      else resolve(output);
    });
  });
}

/** The body's object; undefined when it is none. */
function parse(body: Uint8Array): object | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
    return typeof data === "object" && data !== null ? data : undefined;
  } catch {
    return undefined;
  }
}

function isRefused(error: unknown): error is Refused {
  return typeof error === "object" && error !== null && "statusCode" in error && "body" in error;
}

function toAnswer(status: number, output: object): Answer {
  const body = JSON.stringify(output);
  return { status, body, crc32: String(crc32(body)) };
}
