// IAM policies of the functions' roles: exactly what their code does, on that table and that log group.

import type { Names } from "../core/names.ts";
import type { PolicyDocument } from "../resources/iam/role.ts";
import type { Place } from "../resources/resource.ts";

export const LAMBDA_TRUST: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

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

interface Allowed {
  /** On the table. */
  readonly actions: readonly string[];
  readonly table: string;
  readonly logGroup: string;
}

function policyOf({ partition, region, account }: Place, { actions, table, logGroup }: Allowed): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: actions,
        Resource: `arn:${partition}:dynamodb:${region}:${account}:table/${table}`,
      },
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `arn:${partition}:logs:${region}:${account}:log-group:${logGroup}:*`,
      },
    ],
  };
}
