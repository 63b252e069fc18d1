// A role that the learner gives (`--role-arn`): looked at before anything is made, never changed.

import { isAwsError } from "../aws/errors.ts";
import type { HandlerName } from "../core/names.ts";
import { Problem } from "../core/problem.ts";
import { findRole } from "../resources/iam/role.ts";
import { componentOf } from "./components.ts";
import { FUNCTIONS } from "./function-component.ts";
import { problemOf } from "./observe.ts";
import type { Run } from "./run.ts";

/**
 * Lambda answers "cannot be assumed" both for a role that IAM has not spread yet and for one that will never do:
 * the second would be waited for in vain.
 * @throws {Problem} `RoleUnusable` when it is another account's, missing, or not made for Lambda
 */
export async function requireUsableRole(run: Run, handler: HandlerName): Promise<void> {
  const { settings, place } = run.inputs;
  const { roleArn } = settings;
  if (
    roleArn === undefined ||
    run.session.isVacant ||
    run.inputs.output(FUNCTIONS[handler].function)?.roleArn === roleArn
  )
    return;
  const unusable = (why: "missing" | "trust" | "account"): Problem =>
    new Problem("RoleUnusable", { roleArn, why, account: place.account });
  if (roleArn.split(":")[4] !== place.account) throw unusable("account");
  const component = componentOf("role");
  let found;
  try {
    found = await findRole(run.scopeOf(component), roleArn.split("/").at(-1) ?? "");
  } catch (error) {
    // Not allowed to look: CreateFunction will say.
    if (isAwsError(error, "AccessDenied", "AccessDeniedException")) return;
    throw problemOf(run, component, error);
  }
  if (found?.roleArn !== roleArn) throw unusable("missing");
  if (!JSON.stringify(found.trustPolicy).includes("lambda.amazonaws.com")) throw unusable("trust");
}
