// The few AWS managed policies that a role of the tutorial may meet. Others are refused as unknown, by their ARN.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/

import { own } from "../own.ts";
import type { Policy } from "./policy.ts";

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  "arn:aws:iam::aws:policy/AdministratorAccess": ["*"],
  "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess": ["dynamodb:*"],
  "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ],
};

export const MANAGED_POLICIES: readonly string[] = Object.keys(ACTIONS);

export function isManagedPolicy(arn: string): boolean {
  return Object.hasOwn(ACTIONS, arn);
}

/** What a managed policy allows, as far as this cloud's services go. */
export function managedPolicy(arn: string): Policy {
  const actions = own(ACTIONS, arn) ?? [];
  return { version: "2012-10-17", statements: [{ effect: "Allow", actions, resources: ["*"], conditions: {} }] };
}

/** The same as a document. */
export function managedDocument(arn: string): string {
  const statement = { Effect: "Allow", Action: own(ACTIONS, arn) ?? [], Resource: "*" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
