// By which attribute each table and index is partitioned: asked for at every call of somebody whose policy looks at rows.

import type { Json, JsonObject } from "../service.ts";

export interface PartitionKeys {
  /** Undefined for a table or an index that is not there. */
  of(table: string, index: string | undefined): Promise<string | undefined>;
  /** A table was made, changed or deleted, or is about to be. */
  forget(): void;
}

/** @param describe the table's description; nothing for one that is not there */
export function createPartitionKeys(describe: (table: string) => Promise<JsonObject | undefined>): PartitionKeys {
  let known = new Map<string, string>();
  return {
    async of(table, index) {
      const name = JSON.stringify([table, index]);
      const before = known.get(name);
      if (before !== undefined) return before;
      // Of what is read while a table changes nothing is kept.
      const now = known;
      const found = partitionKeyIn(await describe(table), index);
      if (found !== undefined) now.set(name, found);
      return found;
    },
    forget() {
      known = new Map();
    },
  };
}

function partitionKeyIn(table: JsonObject | undefined, index: string | undefined): string | undefined {
  if (table === undefined) return undefined;
  const indexes = [table["GlobalSecondaryIndexes"], table["LocalSecondaryIndexes"]].flatMap(listOf);
  const keyed = index === undefined ? table : indexes.find(({ IndexName: name }) => name === index);
  const hash = listOf(keyed?.["KeySchema"]).find(({ KeyType: type }) => type === "HASH")?.["AttributeName"];
  return typeof hash === "string" ? hash : undefined;
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((each) => isObject(each)) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
