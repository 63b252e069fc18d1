// Who this folder's guest is: AWS makes somebody new of each guest who does not say whom it was before.

import { rmSync } from "node:fs";
import * as v from "valibot";
import { readIfThere, removeTemporaries, save } from "./store.ts";

const guestSchema = v.strictObject({
  version: v.literal(1),
  /** Whose it is: one of another pool is nobody here. */
  identityPoolId: v.string(),
  /** Whoever knows it gets the guest's credentials. */
  identityId: v.string(),
});

/** `alice.guest` beside `alice.json`. */
function guestPathOf(statePath: string): string {
  return statePath.replace(/(\.json)?$/, ".guest");
}

/**
 * @returns undefined when there was none yet, or it cannot be told: then there will be another
 * @throws {Problem} `Unwritable`
 */
export function readGuest(statePath: string, identityPoolId: string): string | undefined {
  const text = readIfThere(guestPathOf(statePath));
  if (text === undefined) return undefined;
  try {
    const parsed = v.safeParse(guestSchema, JSON.parse(text));
    return parsed.success && parsed.output.identityPoolId === identityPoolId ? parsed.output.identityId : undefined;
  } catch {
    return undefined;
  }
}

/** @throws {Problem} `Unwritable`, `DiskFull` */
export function saveGuest(statePath: string, identityPoolId: string, identityId: string): void {
  save(guestPathOf(statePath), `${JSON.stringify({ version: 1, identityPoolId, identityId }, null, 2)}\n`);
}

export function forgetGuest(statePath: string): void {
  const path = guestPathOf(statePath);
  rmSync(path, { force: true });
  removeTemporaries(path);
}
