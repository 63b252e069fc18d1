// DynamoDB of the local cloud: dynalite in process, behind the control port's checks.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Reply } from "../service.ts";
import type { CloudEnvironment, Service } from "../service.ts";
import { withFailedItem } from "./condition-failure.ts";
import { openEngine } from "./engine.ts";
import type { Engine } from "./engine.ts";
import { makeFolder } from "../store.ts";
import { recoverTables } from "./recovery.ts";
import { needsOf } from "./needs.ts";
import { prepare } from "./request.ts";
import { tableOperations } from "./tables.ts";
import type { TableContext, TableSettings } from "./tables.ts";
import { tagOperations } from "./tags.ts";

/**
 * Opens the tables under `<folder>/dynamodb`; they survive a kill.
 * @throws {Error} when another process has them open, or they are damaged
 */
export async function createDynamoDb(env: CloudEnvironment): Promise<{ service: Service }> {
  const folder = join(env.folder, "dynamodb");
  const path = join(folder, "tables");
  const arnOf = (tableName: string): string =>
    `arn:${env.partition}:dynamodb:${env.region}:${env.accountId}:table/${tableName}`;
  const settings = env.collection<TableSettings>("dynamodb/settings");
  let engine = await open();
  const context: TableContext = { engine: () => engine, settings, arnOf };

  async function open(): Promise<Engine> {
    makeFolder(folder);
    await recoverTables(path, env.clock);
    return openEngine({ path, region: env.region, accountId: env.accountId });
  }

  const service: Service = {
    signingName: "dynamodb",
    protocol: "awsJson1_0",
    target: "DynamoDB_20120810",
    validationError: "ValidationException",
    operations: { ...tableOperations(context), ...tagOperations(context) },
    passThrough: {
      needs: (operation, input, withKeys) => needsOf(operation, input, arnOf, withKeys ? engine : undefined),
      async forward(operation, body) {
        const { body: prepared, restore, showsFailedItem } = prepare(body, arnOf(""));
        const answer = await engine.replay(operation, prepared);
        const isRefusedWrite = showsFailedItem !== undefined && answer.status === 400;
        const shown = isRefusedWrite ? await withFailedItem(engine, showsFailedItem, answer) : answer;
        const { status, body: text, crc32 } = restore(shown);
        const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-crc32": crc32 };
        return new Reply(status, headers, Buffer.from(text));
      },
    },
    async inventory() {
      const { TableNames } = await engine.call("ListTables", {});
      return Array.isArray(TableNames) ? TableNames.map((name) => arnOf(String(name))) : [];
    },
    close: () => engine.close(),
    async reset() {
      await engine.close();
      await rm(path, { recursive: true, force: true });
      settings.clear();
      engine = await open();
    },
  };
  return { service };
}
