// What `auth users delete` and `auth group delete` share: look, ask, delete.

import type { Subject } from "../core/event.ts";
import { agree } from "./agreement.ts";
import type { Removed, StackContext } from "./context.ts";
import type { RemovalResult } from "./removal.ts";

export interface PoolRemoval {
  /** Undefined when it is not there. */
  look(): Promise<Removed | undefined>;
  remove(seen: Removed): Promise<unknown>;
}

export async function removeFromPool(context: StackContext, { look, remove }: PoolRemoval): Promise<RemovalResult> {
  const { session, clock, dryRun, ask } = context;
  const { stack } = session.names;
  const { seen, answer } = await agree({
    look,
    ask: (found) =>
      found === undefined || dryRun ? Promise.resolve(undefined) : ask({ about: "removal", stack, resources: [found] }),
    subject: (found) => found,
  });
  const nothing = { stack, deleted: [], planned: [], leftAlone: [], inUse: [], declined: answer === "no", ms: 0 };
  if (seen === undefined) return nothing;
  if (dryRun || answer === "no") return { ...nothing, planned: [seen] };
  const started = clock.now();
  await remove(seen);
  const deleted: Subject = { component: seen.component, name: seen.name };
  return { ...nothing, deleted: [deleted], ms: clock.now() - started };
}
