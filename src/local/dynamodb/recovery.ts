// What a killed process may leave in the table data: a lock that is about to go, and tables halfway made or deleted.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import type { Clock } from "../service.ts";

/** The part of `level` that is used here; dynalite brings the package. */
interface Level {
  open(): Promise<void>;
  close(): Promise<void>;
  iterator(range: { gte: string; lt: string }): AsyncIterable<[string, StoredTable]>;
  put(key: string, value: StoredTable): Promise<void>;
  del(key: string): Promise<void>;
  clear(range: { gte: string; lt: string }): Promise<void>;
}

/** dynalite's own record of a table, at `table~<name>`. */
interface StoredTable {
  TableName: string;
  TableStatus: string;
  GlobalSecondaryIndexes?: { IndexStatus: string }[];
}

const LOCK_ATTEMPTS = 50;
const LOCK_WAIT_MS = 100;

/**
 * Ends what a crash interrupted: a table in DELETING goes, one in CREATING or UPDATING becomes ACTIVE.
 * dynalite itself would leave them so for ever, because only a timer in its process ends those states.
 * @throws {Error} when another process has the data open, or it is damaged
 */
export async function recoverTables(path: string, clock: Clock): Promise<void> {
  if (!existsSync(path)) return;
  const db = await open(path, clock);
  try {
    for await (const [key, table] of db.iterator(range("table~"))) {
      if (table.TableStatus === "DELETING") await finishDeletion(db, key, table.TableName);
      else if (table.TableStatus !== "ACTIVE") await db.put(key, activated(table));
    }
  } finally {
    await db.close();
  }
}

function activated(table: StoredTable): StoredTable {
  const indexes = table.GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: "ACTIVE" }));
  return { ...table, TableStatus: "ACTIVE", ...(indexes && { GlobalSecondaryIndexes: indexes }) };
}

async function finishDeletion(db: Level, key: string, name: string): Promise<void> {
  // The record goes last: killed again in between, the next start finds it again.
  for (const prefix of [`item-${name}~`, `index-local~${name}~`, `index-global~${name}~`]) {
    await db.clear(range(prefix));
  }
  await db.del(key);
}

function range(prefix: string): { gte: string; lt: string } {
  return { gte: prefix, lt: `${prefix}\uFFFF` };
}

async function open(path: string, clock: Clock): Promise<Level> {
  const fromDynalite = createRequire(createRequire(import.meta.url).resolve("dynalite"));
  const { Level } = fromDynalite("level") as { Level: new (path: string, options: object) => Level };
  for (let attempt = 1; ; attempt += 1) {
    const db = new Level(path, { valueEncoding: "json" });
    try {
      await db.open();
      return db;
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const locked = cause instanceof Error && "code" in cause && cause.code === "LEVEL_LOCKED";
      if (locked && attempt < LOCK_ATTEMPTS) {
        await clock.sleep(LOCK_WAIT_MS);
        continue;
      }
      const reason = locked ? "another process has it open" : String(cause);
      throw new Error(`The tables in ${path} cannot be opened: ${reason}`, { cause: error });
    }
  }
}
