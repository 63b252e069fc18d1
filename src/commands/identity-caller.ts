// Whoever calls AWS with an identity pool's credentials: a user who is signed in, or a guest.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html (enhanced flow)

import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  type GetCredentialsForIdentityCommandOutput,
  GetIdCommand,
} from "@aws-sdk/client-cognito-identity";
import { type Clients, createClients } from "../aws/clients.ts";
import { isAwsError } from "../aws/errors.ts";
import { readIdentity } from "../aws/identity.ts";
import { type Pace, retryWhile } from "../aws/wait.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { componentOf } from "../stack/components.ts";
import { IDENTITY_COMPONENTS } from "../stack/identity-components.ts";
import { problemIn } from "../stack/observe.ts";
import { planFor } from "../stack/plan.ts";
import { ownComponents } from "../stack/settings.ts";
import { forgetGuest, readGuest, saveGuest } from "../state/guest.ts";
import { withAccessToken } from "./auth-session.ts";
import type { StackContext } from "./context.ts";
import { type IdentityPoolHere, requireIdentityPool } from "./identity-pool.ts";
import { look } from "./look.ts";

export interface IdentityCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

export interface IdentityCaller {
  readonly kind: "user" | "guest";
  /** What the caller's own rows begin with. */
  readonly identityId: string;
  readonly credentials: IdentityCredentials;
  /** Clients that call with them; the caller closes them. */
  readonly clients: Clients;
}

export interface CallerOptions {
  /** As typed. */
  readonly command: string;
  readonly guest: boolean;
}

/** Fresh roles are refused for a while: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html */
const PROPAGATION_MS = 2 * 60_000;

/**
 * Calls nothing with the credentials yet.
 * @throws {Problem} `NotSignedIn`, `IdentityRefused` with what to do, `StepMissing` without an identity pool
 */
export async function openIdentityCaller(context: StackContext, options: CallerOptions): Promise<IdentityCaller> {
  const pool = await requireIdentityPool(context, options.command);
  const { identityId, answer } = await obtain(context, pool, options);
  const { AccessKeyId = "", SecretKey = "", SessionToken = "", Expiration = new Date(0) } = answer.Credentials ?? {};
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
  const { clients, emit, signal } = context.session;
  return {
    kind: options.guest ? "guest" : "user",
    identityId,
    credentials,
    clients: createClients({
      connection: { ...clients.connection, credentials },
      emit: (event) => emit({ ...event, as: options.guest ? "guest" : "user" }),
      signal,
    }),
  };
}

export interface CallerIdentity {
  /** `arn:aws:sts::<account>:assumed-role/<role>/CognitoIdentityCredentials` */
  readonly arn: string;
  readonly roleName: string;
}

/** Who that is on AWS: needs no right. */
export async function identityOf(context: StackContext, { clients }: IdentityCaller): Promise<CallerIdentity> {
  try {
    const { arn } = await readIdentity(clients);
    return { arn, roleName: arn.split("/")[1] ?? "" };
  } catch (error) {
    throw problemIn(context.session, { component: "identityPool", name: context.session.names.identityPool }, error);
  }
}

interface Obtained {
  readonly identityId: string;
  readonly answer: GetCredentialsForIdentityCommandOutput;
}

async function obtain(context: StackContext, pool: IdentityPoolHere, options: CallerOptions): Promise<Obtained> {
  const { identity } = context.settings;
  try {
    return await (options.guest ? guestOf(context, pool, options) : userOf(context, pool, options));
  } catch (error) {
    if (isProblem(error, "NotSignedIn") && identity?.guests === true) {
      throw new Problem("NotSignedIn", { ...error.data, guests: true }, { cause: error });
    }
    // What the pool should take, and does not: somebody may have changed it.
    const isUnexpected =
      isProblem(error, "IdentityRefused") &&
      (error.data.why === "token" || (error.data.why === "guests" && identity?.guests === true));
    if (isUnexpected && error.cause instanceof Error) await requireWhole(context, options.command, error.cause);
    throw error;
  }
}

/** The tokens are renewed once if the pool refuses them: they may have expired by AWS's clock. */
function userOf(context: StackContext, pool: IdentityPoolHere, { command }: CallerOptions): Promise<Obtained> {
  return withAccessToken(context, command, async (_accessToken, { tokens }) => {
    const logins = { [pool.provider]: tokens.idToken };
    const identityId = await getId(context, pool, command, logins);
    return { identityId, answer: await getCredentials(context, command, identityId, logins) };
  });
}

/** The guest of before, if the pool still knows it. */
async function guestOf(context: StackContext, pool: IdentityPoolHere, { command }: CallerOptions): Promise<Obtained> {
  const { state } = context.session;
  const { identityPoolId } = pool;
  const known = readGuest(state.path, identityPoolId);
  if (known !== undefined) {
    try {
      return { identityId: known, answer: await getCredentials(context, command, known) };
    } catch (error) {
      if (!(error instanceof Problem) || !isForgotten(error.cause)) throw error;
      forgetGuest(state.path);
    }
  }
  const identityId = await getId(context, pool, command);
  saveGuest(state.path, identityPoolId, identityId);
  return { identityId, answer: await getCredentials(context, command, identityId) };
}

/** It was deleted, or has become a user's. */
function isForgotten(cause: unknown): boolean {
  if (isAwsError(cause, "ResourceNotFoundException")) return true;
  return isAwsError(cause, "NotAuthorizedException") && cause.message.startsWith("Access to Identity");
}

async function getId(
  context: StackContext,
  { identityPoolId: IdentityPoolId }: IdentityPoolHere,
  command: string,
  Logins?: Record<string, string>,
): Promise<string> {
  const client = context.session.clients.get(CognitoIdentityClient);
  try {
    const { IdentityId = "" } = await client.send(new GetIdCommand({ IdentityPoolId, Logins }));
    return IdentityId;
  } catch (error) {
    if (isAwsError(error, "ResourceNotFoundException")) await requireWhole(context, command, error);
    throw toIdentityProblem(context, command, error);
  }
}

/** A role that is not there is not waited for: only one that AWS has not noticed yet. */
async function getCredentials(
  context: StackContext,
  command: string,
  IdentityId: string,
  Logins?: Record<string, string>,
): Promise<GetCredentialsForIdentityCommandOutput> {
  const client = context.session.clients.get(CognitoIdentityClient);
  const send = (): Promise<GetCredentialsForIdentityCommandOutput> =>
    client.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }));
  try {
    return await send().catch(async (error: unknown) => {
      if (!isConfiguration(error)) throw error;
      await requireWhole(context, command, error);
      return retryWhile(isConfiguration, send, paceOf(context, "GetCredentialsForIdentity"));
    });
  } catch (error) {
    throw toIdentityProblem(context, command, error);
  }
}

function isConfiguration(error: unknown): error is Error {
  return isAwsError(error, "InvalidIdentityPoolConfigurationException");
}

/** For what AWS has not noticed yet. */
export function paceOf({ session, clock, signal }: StackContext, doing: string): Pace {
  const subject = { component: "identityPool", name: session.names.identityPool };
  return {
    clock,
    signal,
    doing,
    forMs: PROPAGATION_MS,
    onWait: (last) => session.emit({ type: "waiting", subject, waiting: { for: "propagation", last } }),
  };
}

/** @throws {Problem} `IdentityRefused` when pool or roles are not as they should be: waiting does not help then */
async function requireWhole(context: StackContext, command: string, cause: Error): Promise<void> {
  const run = await look(context, [componentOf("userPool"), componentOf("userPoolClient"), ...IDENTITY_COMPONENTS], {
    withCode: [],
  });
  const own = ownComponents(run.inputs.settings).filter(({ addOn }) => addOn === "identity");
  const wanting = (await planFor(run, own)).filter(({ action }) => action !== "none");
  if (wanting.length === 0) return;
  const resources = wanting.map(({ subject }) => subject);
  throw new Problem("IdentityRefused", { why: "broken", command, resources, message: cause.message }, { cause });
}

function toIdentityProblem(context: StackContext, command: string, error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const { message } = error;
  const refused = (why: "broken" | "fresh" | "token" | "guests"): Problem =>
    new Problem("IdentityRefused", { why, command, resources: [], message }, { cause: error });
  if (isConfiguration(error)) return refused("fresh");
  if (isAwsError(error, "NotAuthorizedException", "ResourceConflictException")) {
    return refused(message.startsWith("Unauthenticated access") ? "guests" : "token");
  }
  return problemIn(context.session, { component: "identityPool", name: context.session.names.identityPool }, error);
}
