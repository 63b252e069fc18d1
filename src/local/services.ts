// Which services this cloud has, and what each is given of the others.

import { createApiGateway } from "./apigatewayv2/service.ts";
import { createCognitoIdentity } from "./cognito-identity/service.ts";
import { createCognitoIdp } from "./cognito-idp/service.ts";
import type { CognitoIdp } from "./cognito-idp/service.ts";
import { ResetFailed } from "./control.ts";
import type { Credentials } from "./credentials.ts";
import { createDynamoDb } from "./dynamodb/service.ts";
import { createEvents } from "./events/service.ts";
import { createIam } from "./iam/service.ts";
import type { CodeDownload } from "./lambda/code-download.ts";
import { createLambda } from "./lambda/service.ts";
import { createLogs } from "./logs/service.ts";
import type { PortChange } from "./control.ts";
import type { CloudEnvironment, Roles, Service } from "./service.ts";
import { createSts } from "./sts/service.ts";

export interface Services {
  readonly all: readonly Service[];
  readonly roles: Roles;
  readonly codeDownload: CodeDownload;
  readonly cognito: Pick<CognitoIdp, "wellKnown" | "inbox">;
  /** Opens what needs the control port, the ports of HTTP APIs, and lets rules fire. Says which ports had to change. */
  start(): Promise<PortChange[]>;
  /** ARNs of everything in this cloud. */
  inventory(): Promise<string[]>;
  /** Ends processes, ports and open files; the data stays. */
  close(): Promise<void>;
  /**
   * Forgets everything.
   * @throws {ResetFailed} naming the services that did not; the others have
   */
  reset(): Promise<void>;
}

/**
 * @param speed of schedules: how many of their minutes pass in a real one
 * @throws {Error} when the folder's data cannot be read, or another process has it open
 */
export async function createServices(
  env: CloudEnvironment,
  credentials: Credentials,
  speed?: number,
): Promise<Services> {
  // The tables first: their engine locks the data folder, so that a second process ends here.
  const dynamodb = await createDynamoDb(env);
  const iam = createIam(env, credentials);
  const logs = createLogs(env);
  const cognito = createCognitoIdp(env);
  const cognitoIdentity = createCognitoIdentity({ env, roles: iam.roles, idTokens: cognito.idTokens });
  const lambda = createLambda({ env, roles: iam.roles, logs: logs.sink });
  // No pool can be made here yet, so that there is no issuer.
  const apiGateway = createApiGateway({ env, functions: lambda.functions, issuers: cognito.issuers });
  const events = createEvents({ env, functions: lambda.functions, ...(speed === undefined ? {} : { speed }) });
  const all = [
    createSts({ env, roles: iam.roles, openIdTokens: cognitoIdentity.openIdTokens }),
    iam.service,
    dynamodb.service,
    logs.service,
    cognito.service,
    cognitoIdentity.service,
    lambda.service,
    apiGateway.service,
    events.service,
  ];

  /** The later ones stand on the earlier ones, so they go first; one that fails does not keep the others. */
  async function each(what: string, act: (service: Service) => Promise<void> | undefined): Promise<string[]> {
    const failures: string[] = [];
    for (const service of all.toReversed()) {
      try {
        await act(service);
      } catch (error) {
        env.log(`${what} ${service.signingName} failed: ${error instanceof Error ? error.stack : String(error)}`);
        failures.push(`${service.signingName}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return failures;
  }

  return {
    all,
    roles: iam.roles,
    codeDownload: lambda.download,
    cognito,
    async start() {
      const changes = await apiGateway.start();
      events.start();
      return changes;
    },
    inventory: async () => (await Promise.all(all.flatMap((service) => service.inventory?.() ?? []))).flat(),
    async close() {
      await each("closing", (service) => service.close?.());
    },
    async reset() {
      const failures = await each("resetting", (service) => service.reset?.());
      if (failures.length > 0) throw new ResetFailed(failures);
    },
  };
}
