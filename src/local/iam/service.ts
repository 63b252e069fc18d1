// IAM: roles and their inline policies, and what the other services ask about them.

import type { Credentials } from "../credentials.ts";
import type { CloudEnvironment, Roles, Service } from "../service.ts";

export function createIam(_env: CloudEnvironment, _credentials: Credentials): { service: Service; roles: Roles } {
  const roles: Roles = {
    find: () => undefined,
    trusts: () => false,
    allows: () => false,
    credentials: () => {
      throw new Error("no roles yet");
    },
  };
  return {
    roles,
    service: { signingName: "iam", protocol: "awsQuery", target: "2010-05-08", validationError: "ValidationError", operations: {} },
  };
}
