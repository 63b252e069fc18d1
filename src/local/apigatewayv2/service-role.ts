// The role that API Gateway makes itself with the first API of an account, and that stays for ever.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html

import { AwsError } from "../service.ts";
import type { CloudEnvironment, Need } from "../service.ts";

const NAME = "AWSServiceRoleForAPIGateway";
const SERVICE = "ops.apigateway.amazonaws.com";

export interface ServiceRole {
  /** What whoever makes the first API has to be allowed. */
  needs(): readonly Need[];
  /** It is there from now on. Nobody's stack has made it: it is no part of the inventory. */
  make(): void;
  reset(): void;
}

export function openServiceRole(env: CloudEnvironment): ServiceRole {
  const record = env.collection<{ readonly createdAt: number }>("apigatewayv2/service-role");
  const resource = `arn:${env.partition}:iam::${env.accountId}:role/aws-service-role/${SERVICE}/${NAME}`;
  return {
    needs() {
      if (record.get(NAME) !== undefined) return [];
      return [{ action: "iam:CreateServiceLinkedRole", resource, keys: { "iam:AWSServiceName": SERVICE }, refused }];
    },
    make() {
      if (record.get(NAME) === undefined) record.set(NAME, { createdAt: env.clock.now() });
    },
    reset: () => record.clear(),
  };
}

/** API Gateway's own words (amplify-education/serverless-domain-manager#112). */
function refused(): AwsError {
  return new AwsError(
    "AccessDeniedException",
    403,
    "Caller does not have permissions to create a Service Linked Role.",
  );
}
