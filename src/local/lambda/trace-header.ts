// X-Ray's header of an invocation, which AWS gives every function, traced or not:
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader

import { randomBytes } from "node:crypto";

const ROOT = /(?:^|[;\s])Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?=;|\s|$)/i;
const SAMPLED = /(?:^|[;\s])Sampled=([01])(?=;|\s|$)/i;

/** Gives `Root=1-<time>-<trace>;Parent=<segment>;Sampled=<0|1>`, within the caller's trace if there is one. */
export type TraceHeaders = (caller: string | undefined, isActive: boolean) => string;

/** @param now milliseconds since the epoch */
export function createTraceHeaders(now: () => number): TraceHeaders {
  // Random once, then counted up: ids must differ, not surprise, and this is on the way of every invocation.
  const ids = randomBytes(20);
  return (caller = "", isActive) => {
    const count = (ids.readUInt32BE(0) + 1) >>> 0;
    ids.writeUInt32BE(count, 0);
    ids.writeUInt32BE(count, 12);
    const seconds = Math.floor(now() / 1000).toString(16);
    const root = ROOT.exec(caller)?.[1] ?? `1-${seconds.padStart(8, "0")}-${ids.toString("hex", 0, 12)}`;
    const sampled = SAMPLED.exec(caller)?.[1] ?? (isActive ? "1" : "0");
    return `Root=${root};Parent=${ids.toString("hex", 12)};Sampled=${sampled}`;
  };
}
