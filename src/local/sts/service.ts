// STS: who signed a call.

import type { CloudEnvironment, Service } from "../service.ts";

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export function createSts({ accountId }: Pick<CloudEnvironment, "accountId">): Service {
  return {
    signingName: "sts",
    protocol: "awsQuery",
    target: "2011-06-15",
    validationError: "ValidationError",
    operations: {
      GetCallerIdentity: {
        input: {},
        run: (_input, { principal }) => ({ Arn: principal.arn, UserId: principal.userId, Account: accountId }),
      },
    },
  };
}
