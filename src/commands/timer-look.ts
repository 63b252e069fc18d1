// Rows of the timer as they come: looked for again and again, each told once.

import type { StackContext } from "./context.ts";
import { patiently } from "./patience.ts";
import { scanTimerRows, type TimerRow } from "./timer-rows.ts";

/** No more rows can come: the table is gone, or the local cloud. */
export type RowsEnd = "table" | "cloud";

export interface RowLook {
  /** Those that no look has found yet, in order. */
  next(): Promise<readonly TimerRow[] | RowsEnd>;
  /** As long as the next look should wait. */
  pause(): Promise<void>;
}

const POLL_MS = 2_000;
/** A Scan of more than one page costs what it reads, and a row a minute need not be seen at once. */
const LARGE_POLL_MS = 10_000;
/** How far the function's clock may be from ours, and how late a row may be seen. */
const OVERLAP_MS = 60 * 60_000;

/**
 * The first look finds the last hour's, but for those that are known. Known by their ids, not by a time: the function's clock is not ours.
 * @param known ids; those that are found join them
 * @throws {Problem} as `patiently`, from its looks
 */
export function lookForRows(context: StackContext, known = new Set<string>()): RowLook {
  const { clock, signal } = context;
  let pollMs = POLL_MS;
  const look = patiently(context, {
    at: "table",
    pollMs: POLL_MS,
    look: () => scanTimerRows(context, clock.now() - OVERLAP_MS),
  });
  return {
    async next() {
      const found = await look();
      if (found === "ended") return "cloud";
      if (found === undefined) return "table";
      pollMs = found.pages > 1 ? LARGE_POLL_MS : POLL_MS;
      // What is older is not looked for any more.
      for (const id of known) if (Number(id) < clock.now() - 2 * OVERLAP_MS) known.delete(id);
      const rows = found.rows.filter(({ id }) => !known.has(id));
      for (const { id } of rows) known.add(id);
      return rows;
    },
    pause: () => clock.sleep(pollMs, signal),
  };
}
