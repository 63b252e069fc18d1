// IAM policies: of the functions' roles exactly what their code does, of users and guests what they may do without it.

import type { Names } from "../core/names.ts";
import type { PolicyDocument } from "../resources/iam/role.ts";
import type { Place } from "../resources/resource.ts";

export const LAMBDA_TRUST: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** The one inline policy of each role of ours. */
export const POLICY_NAME = "awsls-least-privilege";

/**
 * The handler's four calls and its log lines. No `logs:CreateLogGroup`: a late line must not make a deleted group anew.
 * The log streams are only matched with `:*` behind the group.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
export function crudPolicy(place: Place, { table, logGroup }: Names): PolicyDocument {
  return policyOf(place, {
    actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Scan"],
    table,
    logGroup,
  });
}

/** Its one call, and its log lines. */
export function timerPolicy(place: Place, { table, timerLogGroup: logGroup }: Names): PolicyDocument {
  return policyOf(place, { actions: ["dynamodb:PutItem"], table, logGroup });
}

/** How somebody came by the credentials of an identity pool: its `amr`. */
export type LoginKind = "authenticated" | "unauthenticated";

const FEDERATED = "cognito-identity.amazonaws.com";

/**
 * For identities of that pool alone (`aud`), and of that kind of login: with either left out, any pool on AWS could give the role.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
export function trustOf(identityPoolId: string, kind: LoginKind): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: FEDERATED },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${FEDERATED}:aud`]: identityPoolId },
          "ForAnyValue:StringLike": { [`${FEDERATED}:amr`]: kind },
        },
      },
    ],
  };
}

/** Whole tables have no leading keys: only rows that are named can be limited to their owner. */
const READS = ["dynamodb:GetItem", "dynamodb:Scan"];
const WRITES = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];

export function guestPolicy(place: Place, names: Names): PolicyDocument {
  return documentOf(readTable(place, names));
}

/**
 * A user's own rows are those whose key begins with the identity's id. "For all values" also holds where there is none, as for a
 * Scan; so there has to be one.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function authenticatedPolicy(place: Place, names: Names): PolicyDocument {
  return documentOf(readTable(place, names), {
    Sid: "WriteOwnRows",
    Effect: "Allow",
    Action: WRITES,
    Resource: tableArn(place, names),
    Condition: {
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [`\${${FEDERATED}:sub}:*`] },
      Null: { "dynamodb:LeadingKeys": "false" },
    },
  });
}

export function adminsPolicy(place: Place, names: Names): PolicyDocument {
  const writeAnyRow = { Sid: "WriteAnyRow", Effect: "Allow", Action: WRITES, Resource: tableArn(place, names) };
  return documentOf(readTable(place, names), writeAnyRow);
}

function readTable(place: Place, names: Names): object {
  return { Sid: "ReadTable", Effect: "Allow", Action: READS, Resource: tableArn(place, names) };
}

function documentOf(...Statement: readonly object[]): PolicyDocument {
  return { Version: "2012-10-17", Statement };
}

function tableArn({ partition, region, account }: Place, { table }: Pick<Names, "table">): string {
  return `arn:${partition}:dynamodb:${region}:${account}:table/${table}`;
}

interface Allowed {
  /** On the table. */
  readonly actions: readonly string[];
  readonly table: string;
  readonly logGroup: string;
}

function policyOf(place: Place, { actions, table, logGroup }: Allowed): PolicyDocument {
  const { partition, region, account } = place;
  return documentOf(
    { Effect: "Allow", Action: actions, Resource: tableArn(place, { table }) },
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:${partition}:logs:${region}:${account}:log-group:${logGroup}:*`,
    },
  );
}
