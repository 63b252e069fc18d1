// A user pool of a test's own on a test cloud, set up as the CLI does it, and users who sign in to it.

import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type {
  AuthenticationResultType,
  CreateUserPoolClientCommandInput,
  CreateUserPoolCommandInput,
} from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "vitest";
import type { Clock } from "../src/core/clock.ts";
import type { Mail } from "../src/local/cognito-idp/outbox.ts";
import type { TestCloud } from "./cloud.ts";

export const PASSWORD = "Correct-horse-1";

export interface TestPool {
  /** Signs, as an administrator does. */
  readonly admin: CognitoIdentityProviderClient;
  /** Has no credentials: only public calls work. */
  readonly anyone: CognitoIdentityProviderClient;
  readonly UserPoolId: string;
  readonly ClientId: string;
  /** Mails to an address, newest last. */
  mailsTo(address: string): Promise<Mail[]>;
  /** The code of the newest one. */
  codeFor(address: string): Promise<string>;
  /** Signs up and confirms with the code. */
  join(email: string, password?: string): Promise<{ readonly sub: string }>;
  /** With USER_PASSWORD_AUTH. */
  signIn(email: string, password?: string): Promise<AuthenticationResultType>;
  close(): void;
}

interface Settings {
  /** The cloud's, if it is not the real one. */
  readonly clock?: Clock;
  readonly pool?: Partial<CreateUserPoolCommandInput>;
  readonly client?: Partial<CreateUserPoolClientCommandInput>;
}

export async function testPool(cloud: TestCloud, settings: Settings = {}): Promise<TestPool> {
  const admin = new CognitoIdentityProviderClient(cloud.config);
  if (settings.clock !== undefined) signBy(settings.clock, admin);
  const anyone = new CognitoIdentityProviderClient({ ...cloud.config, ...NO_CREDENTIALS });
  const { UserPool } = await admin.send(new CreateUserPoolCommand({ ...POOL, ...settings.pool }));
  const UserPoolId = UserPool?.Id ?? "";
  const { UserPoolClient } = await admin.send(
    new CreateUserPoolClientCommand({ ...CLIENT, UserPoolId, ...settings.client }),
  );
  const ClientId = UserPoolClient?.ClientId ?? "";

  async function mailsTo(address: string): Promise<Mail[]> {
    const { mails } = (await (await cloud.control("GET", "inbox")).json()) as { mails: Mail[] };
    return mails.filter(({ to, userPoolId }) => to === address && userPoolId === UserPoolId);
  }

  async function codeFor(address: string): Promise<string> {
    const last = (await mailsTo(address)).at(-1);
    if (last === undefined) throw new Error(`no mail to ${address}`);
    return last.code;
  }

  return {
    admin,
    anyone,
    UserPoolId,
    ClientId,
    mailsTo,
    codeFor,
    async join(Username, Password = PASSWORD) {
      const { UserSub = "" } = await anyone.send(new SignUpCommand({ ClientId, Username, Password }));
      await anyone.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode: await codeFor(Username) }));
      return { sub: UserSub };
    },
    async signIn(USERNAME, password = PASSWORD) {
      const { AuthenticationResult } = await anyone.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: "USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME, PASSWORD: password },
        }),
      );
      if (AuthenticationResult === undefined) throw new Error("the sign-in asks for more than the password");
      return AuthenticationResult;
    },
    close() {
      admin.destroy();
      anyone.destroy();
    },
  };
}

/** Signatures have a time: the cloud's, though the SDK takes it from the `Date` of answers. */
function signBy(clock: Clock, { config }: CognitoIdentityProviderClient): void {
  const offset = { get: () => clock.now() - Date.now(), set: () => {} };
  Object.defineProperty(config, "systemClockOffset", offset);
}

/** Any call that is signed all the same fails. */
const NO_CREDENTIALS = {
  credentials: () => Promise.reject(new Error("a public call is not signed")),
};

const POOL: CreateUserPoolCommandInput = {
  PoolName: "users",
  UsernameAttributes: ["email"],
  UsernameConfiguration: { CaseSensitive: false },
  AutoVerifiedAttributes: ["email"],
};

const CLIENT = {
  ClientName: "client",
  ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  PreventUserExistenceErrors: "ENABLED",
} satisfies Partial<CreateUserPoolClientCommandInput>;

/** What the SDK throws for one of Cognito's refusals, all of which are answered with 400. */
export function refusal(name: string, message?: string | RegExp): object {
  return {
    name,
    $metadata: { httpStatusCode: 400 },
    ...(message !== undefined && { message: typeof message === "string" ? message : expect.stringMatching(message) }),
  };
}
