// The zips that a run sends, kept beside the state for the lines of `--verbose`, which name them.

import { rmSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { CallEvent, Emit } from "../core/event.ts";
import { zipPathOf } from "../state/store.ts";

/** @returns where calls are told: they are passed on with the path of what they sent */
export function keepZips(statePath: string, cwd: string, emit: Emit): (event: CallEvent) => void {
  const kept = new Map<Uint8Array, string>();
  const keep = (zip: Uint8Array): string => {
    const path = zipPathOf(statePath, kept.size + 1);
    // Not `~x`, which the aws command takes for somebody's home.
    const shown = relative(cwd, path).replace(/^~/, "./~");
    kept.set(zip, shown);
    try {
      // A new file, so that its mode is ours.
      rmSync(path, { force: true });
      writeFileSync(path, zip, { mode: 0o600, flag: "wx" });
    } catch (error) {
      // The call was made all the same.
      const reason = error instanceof Error ? error.message : String(error);
      emit({ type: "notice", code: "ZipNotKept", data: { path: resolve(path), reason } });
    }
    return shown;
  };
  return (event) => {
    const sent = zipIn(event);
    emit(sent === undefined ? event : { ...event, zip: kept.get(sent) ?? keep(sent) });
  };
}

function zipIn({ input }: CallEvent): Uint8Array | undefined {
  const { Code, ZipFile = isObject(Code) ? Code["ZipFile"] : undefined } = input as Record<string, unknown>;
  return ZipFile instanceof Uint8Array ? ZipFile : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
