// The data of a cloud that does not run, deleted when nothing else is in it: by a process that holds the folder, without a port.

import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { systemClock } from "../core/clock.ts";
import { claimFolder } from "./claim.ts";
import { openData } from "./cloud.ts";

/**
 * @param resources that may go: the last part of their ARNs, as `table/items`
 * @returns ARNs of what else is in it; none when the folder is deleted
 * @throws {AlreadyRunning} when its cloud runs after all
 */
export async function discardData(folder: string, resources: readonly string[]): Promise<string[]> {
  const claim = await claimFolder(folder);
  try {
    const { services } = await openData({ folder: resolve(folder), clock: systemClock });
    const holds = await services.inventory();
    await services.close();
    const others = holds.filter((arn) => !resources.includes(arn.split(":").slice(5).join(":")));
    if (others.length === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    return others;
  } finally {
    claim.release();
  }
}
