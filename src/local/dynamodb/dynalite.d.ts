// dynalite ships no types: the part of it that engine.ts uses.

declare module "dynalite" {
  import type { Server } from "node:http";

  interface DynaliteOptions {
    /** LevelDB's folder. */
    readonly path: string;
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }

  function dynalite(options: DynaliteOptions): Server;
  export = dynalite;
}
