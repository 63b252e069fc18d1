// Whether this machine has a core to spare.

import { cpus } from "node:os";

/** So long is measured before anything is said: the system counts in hundredths of a second. */
const LEAST_MS = 100;
/** What was measured before says nothing of now. */
const STALE_MS = 1000;
/** Part of all cores' time. */
const SPARE = 0.1;

/** Asked now and again while it matters, it says whether the cores had hardly a moment idle since it was asked before. */
export function createBusyMeter(): () => boolean {
  let last = { at: -Infinity, idle: 0, total: 0 };
  let isBusy = false;
  return () => {
    const at = performance.now();
    if (at - last.at < LEAST_MS) return isBusy;
    const now = { at, ...times() };
    const isStale = at - last.at > STALE_MS;
    isBusy = !isStale && now.idle - last.idle < (now.total - last.total) * SPARE;
    last = now;
    return isBusy;
  };
}

function times(): { idle: number; total: number } {
  let [idle, total] = [0, 0];
  for (const { times: spent } of cpus()) {
    idle += spent.idle;
    total += spent.user + spent.nice + spent.sys + spent.irq + spent.idle;
  }
  return { idle, total };
}
