// What `up` and every step do before they take something over: say what, and ask.

import type { TakenOver } from "../core/event.ts";
import { HANDLERS } from "../core/names.ts";
import { type OtherUsers, Problem } from "../core/problem.ts";
import type { ComponentId } from "../stack/component.ts";
import { FUNCTIONS } from "../stack/function-component.ts";
import type { Planned } from "../stack/plan.ts";
import { hasOtherUsers, otherUsersOfRole } from "../stack/role-users.ts";
import type { Run } from "../stack/run.ts";
import { takeoversIn } from "../stack/takeover.ts";
import type { Answer, StackContext } from "./context.ts";
import type { ReplacedCode } from "./replaced-code.ts";

/** The plan with a mark at what becomes ours: which one it is, whose, and who else uses the role. */
export async function markTakeovers(run: Run, plan: readonly Planned[]): Promise<Planned[]> {
  const takeovers = takeoversIn(run, plan);
  const ids = plan.map(({ subject }) => subject.component as ComponentId);
  const usersOf = new Map<ComponentId, OtherUsers>();
  for (const handler of HANDLERS) {
    const { role } = FUNCTIONS[handler];
    const isTaken = takeovers.some(({ resource }) => resource === role) && run.inputs.takesOver(role);
    if (!isTaken) continue;
    const users = await otherUsersOfRole(run, handler, ids);
    if (hasOtherUsers(users)) usersOf.set(role, users);
  }
  return plan.map((planned): Planned => {
    const taken = takeovers.find(({ resource }) => resource === planned.subject.component);
    if (taken === undefined) return planned;
    const { resource, id, belongsTo } = taken;
    const users = usersOf.get(resource as ComponentId);
    return {
      ...planned,
      takesOver: true,
      ...(id === undefined ? {} : { id }),
      ...(belongsTo === undefined ? {} : { belongsTo }),
      ...(users === undefined ? {} : { users }),
    };
  });
}

/**
 * @param replaced where the code will be that the functions have now
 * @returns undefined when nothing is taken over; where nobody can be asked, `--adopt` itself is the yes
 * @throws {Problem} `RoleShared`: to what others may lose, only a person can say yes
 */
export async function agreeToTakeOver(
  { ask, session }: StackContext,
  run: Run,
  plan: readonly Planned[],
  replaced: readonly ReplacedCode[] = [],
): Promise<Answer | undefined> {
  const resources = takeoversIn(run, plan).map((taken): TakenOver => {
    const path = replaced.find(({ resource }) => resource === taken.resource)?.path;
    return path === undefined ? taken : { ...taken, keptCode: path };
  });
  if (resources.length === 0) return undefined;
  session.emit({ type: "notice", code: "TakesOver", data: { resources } });
  const shared = resources.find(({ users }) => users !== undefined);
  const answer = await ask({
    about: "takeover",
    stack: session.names.stack,
    count: resources.length,
    deletes: resources.flatMap(({ deletes = [] }) => deletes).length,
  });
  if (answer !== "yes" && answer !== "no" && shared !== undefined) throw roleShared(run, shared, answer);
  return answer;
}

function roleShared(
  run: Run,
  { resource, name, users = [] }: TakenOver,
  answer: Exclude<Answer, "yes" | "no">,
): Problem {
  const { role } = FUNCTIONS[resource === FUNCTIONS.timer.role ? "timer" : "crud"];
  return new Problem("RoleShared", { name, roleArn: run.inputs.output(role)?.roleArn ?? "", users, answer });
}
