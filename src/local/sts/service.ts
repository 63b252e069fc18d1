// STS: who signed a call, and sessions of roles.

import type { Service } from "../service.ts";
import { assumeRoleOperation } from "./assume-role.ts";
import type { StsContext } from "./context.ts";
import { webIdentityOperation } from "./web-identity.ts";

export function createSts(context: StsContext): Service {
  const { accountId } = context.env;
  return {
    signingName: "sts",
    protocol: "awsQuery",
    target: "2011-06-15",
    validationError: "ValidationError",
    operations: {
      /** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
      GetCallerIdentity: {
        input: {},
        run: (_input, { principal }) => ({ Arn: principal.arn, UserId: principal.userId, Account: accountId }),
      },
      AssumeRole: assumeRoleOperation(context),
      AssumeRoleWithWebIdentity: webIdentityOperation(context),
    },
  };
}
