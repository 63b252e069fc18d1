// What Cognito may ask after the password, and how each is answered.

import {
  CognitoIdentityProviderClient,
  type InitiateAuthResponse,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { Problem, type Problems } from "../core/problem.ts";
import type { Pool } from "./auth-pool.ts";
import { type AuthScene, forUser } from "./auth-refusal.ts";
import type { StackContext } from "./context.ts";
import { requireEntry } from "./entered.ts";
import { associate, enterUntilTaken, verify } from "./software-token.ts";

/** Who answers, and with what. */
export interface Answering {
  readonly context: StackContext;
  readonly scene: AuthScene & { readonly email: string };
  readonly pool: Pool;
  /** Of an authenticator app, when it was given. */
  readonly code?: string;
}

type Step = InitiateAuthResponse;

const ANSWERS: Readonly<Record<string, (answering: Answering, step: Step) => Promise<Step>>> = {
  SOFTWARE_TOKEN_MFA: answerWithCode,
  NEW_PASSWORD_REQUIRED: answerWithNewPassword,
  MFA_SETUP: answerWithNewAuthenticator,
};

/**
 * @returns what follows on the answer
 * @throws {Problem} `ChallengeUnsupported` for one that awsls does not know
 */
export function answerChallenge(answering: Answering, step: Step): Promise<Step> {
  const answer = ANSWERS[step.ChallengeName ?? ""];
  if (answer === undefined) throw unsupported(step, { why: "unknown" });
  return answer(answering, step);
}

/**
 * Of every answer USERNAME is a part: the name in the pool, which is a UUID for who signs in by e-mail.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html
 */
export async function respond(
  { context, scene, pool }: Answering,
  { ChallengeName, ChallengeParameters, Session }: Step,
  answers: Readonly<Record<string, string>>,
): Promise<Step> {
  const request = new RespondToAuthChallengeCommand({
    ClientId: pool.clientId,
    ChallengeName,
    ...(Session === undefined ? {} : { Session }),
    ChallengeResponses: { USERNAME: ChallengeParameters?.["USER_ID_FOR_SRP"] ?? scene.email, ...answers },
  });
  return forUser(context, scene, context.session.clients.get(CognitoIdentityProviderClient).send(request));
}

async function answerWithCode(answering: Answering, step: Step): Promise<Step> {
  const code = answering.code ?? (await requireEntry(answering.context, { of: "totpCode" }));
  return respond(answering, step, { SOFTWARE_TOKEN_MFA_CODE: code });
}

async function answerWithNewPassword(answering: Answering, step: Step): Promise<Step> {
  const wants = requiredAttributesOf(step);
  if (wants.length > 0) throw unsupported(step, { why: "attributes", wants });
  const password = await requireEntry(answering.context, { of: "newPassword" });
  return respond(answering, step, { NEW_PASSWORD: password });
}

/** A pool that wants a second factor of everybody: the user has none yet. */
async function answerWithNewAuthenticator(answering: Answering, step: Step): Promise<Step> {
  const { context, scene } = answering;
  const { Session = "" } = step;
  if (!listIn(step, "MFAS_CAN_SETUP").includes("SOFTWARE_TOKEN_MFA")) throw unsupported(step, { why: "unknown" });
  const { secret, session = Session } = await associate(context, scene, { Session }, scene.email);
  const code = await context.enter({ of: "totpCode", secret });
  if (code === undefined) throw unsupported(step, { why: "terminal" });
  const verified = await enterUntilTaken(context, code, (each) => verify(context, scene, { Session: session }, each));
  return respond(answering, { ...step, Session: verified ?? session }, {});
}

function requiredAttributesOf(step: Step): string[] {
  return listIn(step, "requiredAttributes").map((name) => name.replace(/^userAttributes\./, ""));
}

/** Lists in a challenge's parameters are JSON. */
function listIn({ ChallengeParameters = {} }: Step, name: string): string[] {
  try {
    const list: unknown = JSON.parse(ChallengeParameters[name] ?? "[]");
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}

function unsupported(
  { ChallengeName }: Step,
  because: Omit<Problems["ChallengeUnsupported"], "challenge">,
): Problem<"ChallengeUnsupported"> {
  return new Problem("ChallengeUnsupported", { challenge: String(ChallengeName), ...because });
}
