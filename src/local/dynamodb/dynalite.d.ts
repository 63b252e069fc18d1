// dynalite ships no types: the parts of it that are used here.

declare module "dynalite" {
  import type { Server } from "node:http";
  import type { DynaliteOptions } from "dynalite/db/index.js";

  function dynalite(options: DynaliteOptions): Server;
  export = dynalite;
}

declare module "dynalite/db/index.js" {
  /** LevelDB, its methods with callbacks put around by dynalite. */
  interface Level {
    readonly status: string;
    /** With a callback as dynalite calls it; with Level's own options as it calls itself, for a promise. */
    get: (key: string, callback: object | ((error: unknown, value?: unknown) => void)) => unknown;
    /** @throws {Error} when the database is not open, or the value is damaged */
    getSync(key: string): unknown;
    close(callback: (error: unknown) => void): void;
  }

  interface Store {
    readonly db: Level;
    readonly tableDb: { awsAccountId: string; awsRegion: string };
  }

  interface DynaliteOptions {
    /** LevelDB's folder. */
    readonly path: string;
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }

  function create(options: DynaliteOptions): Store;
}

declare module "dynalite/validations/index.js" {
  import type { Store } from "dynalite/db/index.js";

  /** Both throw errors with `statusCode` and `body` for what DynamoDB refuses. */
  function checkTypes(data: object, types: object): object;
  function checkValidations(data: object, types: object, custom: object | undefined, store: Store): void;
}
