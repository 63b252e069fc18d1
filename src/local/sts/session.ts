// A session of a role as STS opens it: for how long, what limits it beside its role, and what is answered.

import { sessionArn } from "../credentials.ts";
import { parseIdentityPolicy } from "../iam/policy-document.ts";
import { AwsError } from "../service.ts";
import type { JsonObject, Roles, SessionTerms, Shape } from "../service.ts";
import { invalid, textIn, textOf } from "./context.ts";
import type { StsContext } from "./context.ts";

const ARN_PATTERN = "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD]+";
const ARN: Shape = { type: "string", min: 20, max: 2048, pattern: ARN_PATTERN };

/** What every operation takes that opens a session of a role. */
export const SESSION: Readonly<Record<string, Shape>> = {
  RoleArn: { ...ARN, required: true },
  RoleSessionName: { type: "string", required: true, min: 2, max: 64, pattern: "[\\w+=,.@-]*" },
  DurationSeconds: { type: "integer", min: 900, max: 43_200 },
  Policy: { type: "string", min: 1, max: 2048, pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+" },
  PolicyArns: { type: "list", max: 10, of: { type: "structure", members: { arn: ARN } } },
};

const HOUR = 3600;
/**
 * Bytes of session policies, their ARNs and session tags together: all of it travels in the session token, a header. AWS does not
 * say how it packs them.
 */
const PACKED_LIMIT = 4096;

/** How a session comes about, and what it gets beside what the caller asks for. */
interface Opening {
  /** By somebody who has a role's session already. */
  readonly isChained: boolean;
  readonly terms: Pick<SessionTerms, "keys" | "transitiveTags">;
  /** Bytes of the session tags. */
  readonly tagSize: number;
}

/**
 * @returns the members of an answer that all these operations have
 * @throws {AwsError} `ValidationError`, `MalformedPolicyDocument`, `PackedPolicyTooLarge`
 */
export function openSession(
  { env, roles }: StsContext,
  role: NonNullable<ReturnType<Roles["find"]>>,
  input: JsonObject,
  { isChained, terms, tagSize }: Opening,
): JsonObject {
  const duration = durationIn(input, role.maxSessionDuration, isChained);
  const policies = sessionPoliciesIn(input, roles);
  const packed = packedSize(policies, tagSize);
  const sessionName = textIn(input, "RoleSessionName");
  const given = roles.credentials(role.arn, { sessionName, duration: duration * 1000, ...terms, ...policies });
  return {
    Credentials: {
      AccessKeyId: given.accessKeyId,
      SecretAccessKey: given.secretAccessKey,
      SessionToken: given.sessionToken,
      Expiration: new Date(given.expiration).toISOString().replace(/\.\d+/, ""),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${role.roleId}:${sessionName}`,
      Arn: sessionArn(env.accountId, role.arn, sessionName),
    },
    PackedPolicySize: packed === 0 ? undefined : packed,
  };
}

function durationIn({ DurationSeconds: asked }: JsonObject, longest: number, isChained: boolean): number {
  const duration = typeof asked === "number" ? asked : HOUR;
  if (isChained && duration > HOUR) {
    throw invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
  }
  if (duration > longest) {
    throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return duration;
}

type SessionPolicies = Pick<SessionTerms, "policies" | "policyArns">;

function sessionPoliciesIn(input: JsonObject, roles: Roles): SessionPolicies {
  const policy = textOf(input, "Policy");
  if (policy !== undefined) parseIdentityPolicy(policy);
  const policyArns = ((input["PolicyArns"] ?? []) as JsonObject[]).map((each) => textIn(each, "arn"));
  const unknown = policyArns.find((arn) => !roles.isPolicy(arn));
  if (unknown !== undefined) throw invalid(`Policy ${unknown} does not exist or is not attachable.`);
  return {
    ...(policy === undefined ? {} : { policies: [policy] }),
    ...(policyArns.length === 0 ? {} : { policyArns }),
  };
}

/** Percent of what there is room for. */
function packedSize({ policies = [], policyArns = [] }: SessionPolicies, tagSize: number): number {
  const size = [...policies, ...policyArns].reduce((sum, text) => sum + Buffer.byteLength(text), tagSize);
  const percent = Math.ceil((size * 100) / PACKED_LIMIT);
  if (percent <= 100) return percent;
  const message = `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`;
  throw new AwsError("PackedPolicyTooLarge", 400, message);
}
