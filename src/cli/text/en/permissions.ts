// Which rights the caller has, lacks, and of which that cannot be told.

import type { PermissionsReport } from "../../../commands/permissions-check.ts";
import type { PermissionsTexts } from "../permissions-texts.ts";
import { listOf } from "./lists.ts";

export const permissions: PermissionsTexts = {
  caller: ({ caller, entity }) => [
    `You are ${caller}`,
    ...(entity === undefined || entity === caller ? [] : [`with the rights of ${entity}`]),
  ],
  lacks: {
    noStatement: "lacking, no policy allows",
    explicitDeny: "lacking, a policy denies explicitly",
    permissionsBoundary: "lacking, the permissions boundary does not allow",
  },
  untold: ({ why, keys }) =>
    why === "conditions"
      ? `could not tell, policies ask for ${listOf(keys)}, which only a real call has`
      : "could not tell, policies of the organization limit",
  verdict: (report) => [...told(report), ...notSeen(report)],
  policy: "A policy with all of them:",
};

function told({ nothing, verdict, asked, lacking, untold, stack }: PermissionsReport): readonly string[] {
  if (nothing !== undefined) return [`Could not tell: ${reason(nothing)}`];
  const count = (all: PermissionsReport["lacking"] | PermissionsReport["untold"]): number =>
    all.reduce((sum, { actions }) => sum + actions.length, 0);
  const lacks = `Of ${asked} rights for the stack ${stack} you lack ${count(lacking)}.`;
  const unknown = `Of ${count(untold)} IAM could not tell.`;
  if (verdict === "lacking") return [lacks, ...(untold.length === 0 ? [] : [unknown])];
  return untold.length === 0
    ? [`IAM's simulation allows all ${asked} rights for the stack ${stack}.`]
    : [`IAM's simulation denies none of ${asked} rights for the stack ${stack}.`, unknown];
}

/** What no simulation sees is said beside every yes. */
function notSeen({ nothing, verdict, isSession }: PermissionsReport): readonly string[] {
  if (nothing !== undefined || verdict === "lacking") return [];
  return isSession
    ? [
        "Could not tell whether it holds: your session may have been given less than its role, which nothing shows; nor does IAM see all of an organization's policies.",
      ]
    : ["It does not see all of an organization's policies, nor those of the resources themselves."];
}

function reason(nothing: NonNullable<PermissionsReport["nothing"]>): string {
  switch (nothing.why) {
    case "root":
      return "you call with the account's own key, about which IAM answers nothing. No policy of the account limits it, but one of an organization may.";
    case "federatedUser":
      return "you call as a federated user, whose rights are those of a user and of a session policy together, and IAM answers for neither.";
    case "unknownCaller":
      return "you are neither a user nor the session of a role, and IAM answers for nobody else.";
    default:
      return `you may not ask IAM (${nothing.missing} is missing). \`awsls permissions\` prints a policy with this right, too.`;
  }
}
