// Who else uses a role that we did not make: asked before it is taken over or deleted, for both take rights away.

import { isAwsError } from "../aws/errors.ts";
import type { HandlerName } from "../core/names.ts";
import type { OtherUsers } from "../core/problem.ts";
import type { ComponentId } from "./component.ts";
import { componentOf } from "./components.ts";
import { ADOPTED_TAG, functionArnOf, functionNameOf, FUNCTIONS } from "./function-component.ts";
import { ownershipIn, problemOf } from "./observe.ts";
import type { Run } from "./run.ts";

/**
 * Functions that have a role, but for that of the stack where it shares the role's fate.
 * @param handler whose role it is
 * @param fated components that are brought about or deleted with it
 * @returns none, without a call, for a role of our own making
 */
export async function otherUsersOfRole(
  run: Run,
  handler: HandlerName,
  fated: readonly ComponentId[],
): Promise<OtherUsers> {
  const ids = FUNCTIONS[handler];
  const role = run.inputs.output(ids.role);
  if (role === undefined || isOfOurMaking(run, handler)) return [];
  const component = componentOf(ids.role);
  try {
    const { functionsWithRole } = await import("../resources/lambda/role-users.ts");
    const names = await functionsWithRole(run.scopeOf(component), role.roleArn);
    const others = names.filter(
      (name) => name !== functionNameOf(run.inputs, handler) || !fated.includes(ids.function),
    );
    return [...others, ...functionElsewhere(run, handler)];
  } catch (error) {
    if (isAwsError(error, "AccessDeniedException", "AccessDenied")) return "unknown";
    throw problemOf(run, component, error);
  }
}

export function hasOtherUsers(users: OtherUsers): boolean {
  return users === "unknown" || users.length > 0;
}

/** A role has no region, Lambda's list has: what the tags say of this stack in another region is all that is known of it. */
function functionElsewhere({ inputs }: Run, handler: HandlerName): string[] {
  const { names, place } = inputs;
  const seen = inputs.seenTags(FUNCTIONS[handler].role) ?? {};
  const made = seen["awsls:stack"] === names.stack ? seen["awsls:region"] : undefined;
  const regions = new Set([made, seen[ADOPTED_TAG]].filter((region) => region !== undefined && region !== "yes"));
  regions.delete(place.region);
  return [...regions].flatMap((region = "") => functionArnOf({ names, place: { ...place, region } }, handler));
}

function isOfOurMaking(run: Run, handler: HandlerName): boolean {
  const { role } = FUNCTIONS[handler];
  const tags = run.inputs.seenTags(role);
  return ownershipIn(run, role)?.whose !== "foreign" && tags !== undefined && !(ADOPTED_TAG in tags);
}
