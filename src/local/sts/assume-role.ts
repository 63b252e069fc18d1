// AssumeRole: a session of a role for whoever the role trusts.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html

import type { Assumption, Call, ConditionKeys, JsonObject, Need, Operation, Principal, Shape } from "../service.ts";
import { accessDenied, invalid, textIn, textOf } from "./context.ts";
import type { StsContext } from "./context.ts";
import { openSession, SESSION } from "./session.ts";
import { inheritedBy, requestKeys, sessionTags, TAGGING, tagsIn } from "./session-tags.ts";

const EXTERNAL_ID: Shape = { type: "string", min: 2, max: 1224, pattern: "[\\w+=,.@:\\/-]*" };
const SOURCE_IDENTITY: Shape = { type: "string", min: 2, max: 64, pattern: "[\\w+=,.@-]*" };
const SOURCE = "aws:SourceIdentity";

/**
 * AWS lets no root user assume a role ("Roles may not be assumed by root accounts."). Here root stands for the account's
 * administrator, whom this cloud has no other credentials for: a role that trusts the account lets it in.
 */
export function assumeRoleOperation(context: StsContext): Operation {
  const trustPolicy = (input: JsonObject): string | undefined => context.roles.trustPolicy(textIn(input, "RoleArn"));
  return {
    input: { ...SESSION, ...TAGGING, ExternalId: EXTERNAL_ID, SourceIdentity: SOURCE_IDENTITY },
    notImplemented: ["ProvidedContexts", "SerialNumber", "TokenCode"],
    resource: (input) => textIn(input, "RoleArn"),
    keys: keysIn,
    // A role that names its caller needs no policy on the caller's side.
    resourcePolicy: trustPolicy,
    alsoNeeds(input, caller) {
      const resourceDocument = trustPolicy(input);
      const need = { resource: textIn(input, "RoleArn"), keys: keysIn(input) };
      return further(input, caller).map((action): Need => ({
        ...need,
        action,
        ...(resourceDocument === undefined ? {} : { resourceDocument }),
      }));
    },
    run: (input, call) => assumeRole(context, input, call),
  };
}

function assumeRole(context: StsContext, input: JsonObject, { principal: caller }: Call): JsonObject {
  const roleArn = textIn(input, "RoleArn");
  if (!/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(roleArn)) throw invalid(`${roleArn} is invalid`);
  const role = context.roles.find(roleArn);
  if (role === undefined) throw accessDenied(caller, "sts:AssumeRole", roleArn);
  for (const action of ["sts:AssumeRole", ...further(input, caller)] as const) {
    requireTrust(context, roleArn, { action, principal: caller, keys: keysIn(input) }, caller);
  }
  const { terms, size } = sessionTags(input, caller);
  const source = sourceIdentity(input, caller, roleArn);
  const keys = { ...terms.keys, ...(source === undefined ? {} : { [SOURCE]: source }) };
  return {
    ...openSession(context, role, input, {
      isChained: caller.kind === "role",
      terms: { ...terms, keys },
      tagSize: size,
    }),
    SourceIdentity: source,
  };
}

/** What a call asks beside the role itself, by itself or because the caller's session hands it on. */
function further(input: JsonObject, caller: Principal): readonly ("sts:TagSession" | "sts:SetSourceIdentity")[] {
  const tagged = tagsIn(input).length > 0 || inheritedBy(caller).length > 0;
  const sourced = textOf(input, "SourceIdentity") ?? caller.session?.keys?.[SOURCE];
  return [
    ...(tagged ? (["sts:TagSession"] as const) : []),
    ...(sourced === undefined ? [] : (["sts:SetSourceIdentity"] as const)),
  ];
}

function requireTrust({ roles }: StsContext, roleArn: string, assumption: Assumption, caller: Principal): void {
  if (!roles.trusts(roleArn, assumption)) throw accessDenied(caller, assumption.action, roleArn);
}

/** Once set it stays, through all sessions that are opened with it. */
function sourceIdentity(input: JsonObject, caller: Principal, roleArn: string): string | undefined {
  const [asked, inherited] = [textOf(input, "SourceIdentity"), caller.session?.keys?.[SOURCE]];
  if (inherited === undefined) return asked;
  if (asked === undefined || asked === inherited) return String(inherited);
  throw accessDenied(caller, "sts:SetSourceIdentity", roleArn);
}

/** What the policies of both sides may ask of a call. */
function keysIn(input: JsonObject): ConditionKeys {
  return {
    ...requestKeys(input),
    "sts:ExternalId": textOf(input, "ExternalId") ?? [],
    "sts:RoleSessionName": textIn(input, "RoleSessionName"),
    "sts:SourceIdentity": textOf(input, "SourceIdentity") ?? [],
  };
}
