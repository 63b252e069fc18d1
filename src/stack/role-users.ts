// Who else uses a role that we did not make: asked before it is taken over or deleted, for both take rights away.

import { isAwsError } from "../aws/errors.ts";
import type { OtherUsers } from "../core/problem.ts";
import type { ComponentId } from "./component.ts";
import { ADOPTED_TAG, componentOf, functionArnOf } from "./components.ts";
import { ownershipIn, problemOf } from "./observe.ts";
import type { Run } from "./run.ts";

/**
 * Functions that have the role, but for that of the stack where it shares the role's fate.
 * @param fated components that are brought about or deleted with it
 * @returns none, without a call, for a role of our own making
 */
export async function otherUsersOfRole(run: Run, fated: readonly ComponentId[]): Promise<OtherUsers> {
  const role = run.inputs.output("role");
  if (role === undefined || isOfOurMaking(run)) return [];
  const component = componentOf("role");
  try {
    const { functionsWithRole } = await import("../resources/lambda/role-users.ts");
    const names = await functionsWithRole(run.scopeOf(component), role.roleArn);
    const others = names.filter((name) => name !== run.inputs.names.function || !fated.includes("function"));
    return [...others, ...functionElsewhere(run)];
  } catch (error) {
    if (isAwsError(error, "AccessDeniedException", "AccessDenied")) return "unknown";
    throw problemOf(run, component, error);
  }
}

export function hasOtherUsers(users: OtherUsers): boolean {
  return users === "unknown" || users.length > 0;
}

/** A role has no region, Lambda's list has: what the tags say of this stack in another region is all that is known of it. */
function functionElsewhere(run: Run): string[] {
  const { names, place } = run.inputs;
  const ownership = ownershipIn(run, "role");
  const maker = ownership?.whose === "foreign" ? ownership.belongsTo : undefined;
  if (maker === undefined || maker.stack !== names.stack || ["", place.region].includes(maker.region)) return [];
  return [functionArnOf({ names, place: { ...place, region: maker.region } })];
}

function isOfOurMaking(run: Run): boolean {
  const tags = run.observed.get("role")?.tags;
  return ownershipIn(run, "role")?.whose !== "foreign" && typeof tags === "object" && !(ADOPTED_TAG in tags);
}
