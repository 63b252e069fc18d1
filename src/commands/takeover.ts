// What `up` and every step do before they take something over: say what, and ask.

import type { TakenOver } from "../core/event.ts";
import { Problem } from "../core/problem.ts";
import type { ComponentId } from "../stack/component.ts";
import type { Planned } from "../stack/plan.ts";
import { hasOtherUsers, otherUsersOfRole } from "../stack/role-users.ts";
import type { Run } from "../stack/run.ts";
import { takeoversIn } from "../stack/takeover.ts";
import type { Answer, StackContext } from "./context.ts";

/** The plan with a mark at what becomes ours: which one it is, whose, and who else uses the role. */
export async function markTakeovers(run: Run, plan: readonly Planned[]): Promise<Planned[]> {
  const takeovers = takeoversIn(run, plan);
  const isRoleTaken = takeovers.some(({ resource }) => resource === "role") && run.inputs.takesOver("role");
  const ids = plan.map(({ subject }) => subject.component as ComponentId);
  const users = isRoleTaken ? await otherUsersOfRole(run, ids) : [];
  const usedToo = hasOtherUsers(users) ? { users } : {};
  return plan.map((planned): Planned => {
    const taken = takeovers.find(({ resource }) => resource === planned.subject.component);
    if (taken === undefined) return planned;
    const { resource, id, belongsTo } = taken;
    return {
      ...planned,
      takesOver: true,
      ...(id === undefined ? {} : { id }),
      ...(belongsTo === undefined ? {} : { belongsTo }),
      ...(resource === "role" ? usedToo : {}),
    };
  });
}

/**
 * @param keptCode where the code will be that the function has now
 * @returns undefined when nothing is taken over; where nobody can be asked, `--adopt` itself is the yes
 * @throws {Problem} `RoleShared`: to what others may lose, only a person can say yes
 */
export async function agreeToTakeOver(
  { ask, session }: StackContext,
  run: Run,
  plan: readonly Planned[],
  keptCode?: string,
): Promise<Answer | undefined> {
  const resources = takeoversIn(run, plan).map((taken) =>
    taken.resource === "function" && keptCode !== undefined ? { ...taken, keptCode } : taken,
  );
  if (resources.length === 0) return undefined;
  session.emit({ type: "notice", code: "TakesOver", data: { resources } });
  const shared = resources.find(({ users }) => users !== undefined);
  const answer = await ask({
    about: "takeover",
    stack: session.names.stack,
    count: resources.length,
    deletes: resources.flatMap(({ deletes = [] }) => deletes).length,
  });
  if (answer !== "yes" && answer !== "no" && shared !== undefined) throw roleShared(run, shared);
  return answer;
}

function roleShared(run: Run, { name, users = [] }: TakenOver): Problem {
  return new Problem("RoleShared", { name, roleArn: run.inputs.output("role")?.roleArn ?? "", users });
}
