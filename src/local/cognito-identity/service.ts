// Cognito identity pools of the local cloud: who their identities are, and AWS credentials for them.

import type { CloudEnvironment, IdTokens, OpenIdTokens, Roles, Service } from "../service.ts";
import { poolArn } from "./context.ts";
import type { IdentityContext } from "./context.ts";
import { credentialOperations } from "./credentials.ts";
import { identityOperations } from "./identities.ts";
import { openIdOperations } from "./open-id-token.ts";
import { createOpenIdSigner } from "./open-id-tokens.ts";
import { poolRoleOperations } from "./pool-roles.ts";
import { poolOperations } from "./pools.ts";
import type { Identity, IdentityPool } from "./records.ts";

interface Parts {
  readonly env: CloudEnvironment;
  readonly roles: Roles;
  readonly idTokens: IdTokens;
}

export interface CognitoIdentity {
  readonly service: Service;
  readonly openIdTokens: OpenIdTokens;
}

export function createCognitoIdentity({ env, roles, idTokens }: Parts): CognitoIdentity {
  const pools = env.collection<IdentityPool>("cognito-identity/pools");
  const identities = env.collection<Identity>("cognito-identity/identities");
  const openIdTokens = createOpenIdSigner(env);
  const context: IdentityContext = { env, pools, identities, roles, idTokens, openIdTokens };
  const service: Service = {
    signingName: "cognito-identity",
    protocol: "awsJson1_1",
    target: "AWSCognitoIdentityService",
    validationError: "ValidationException",
    operations: {
      ...poolOperations(context),
      ...poolRoleOperations(context),
      ...identityOperations(context),
      ...credentialOperations(context),
      ...openIdOperations(context),
    },
    inventory: () => Promise.resolve([...pools.values()].map(({ id }) => poolArn(env, id))),
    reset() {
      pools.clear();
      identities.clear();
      openIdTokens.clear();
      return Promise.resolve();
    },
  };
  return { service, openIdTokens };
}
