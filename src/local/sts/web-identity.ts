// AssumeRoleWithWebIdentity: a session of a role for a token of this cloud's identity pools (the basic flow).
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html

import { FEDERATED, federatedKeys } from "../cognito-identity/federation.ts";
import { AwsError } from "../service.ts";
import type { JsonObject, OpenIdClaims, Operation } from "../service.ts";
import { textIn } from "./context.ts";
import type { StsContext } from "./context.ts";
import { openSession, SESSION } from "./session.ts";

const refusal = (code: string, message: string): AwsError => new AwsError(code, 400, message);
const invalidToken = (message: string): AwsError => refusal("InvalidIdentityToken", message);

export function webIdentityOperation(context: StsContext): Operation {
  return {
    input: { ...SESSION, WebIdentityToken: { type: "string", required: true, min: 4, max: 20_000, isSensitive: true } },
    // Of OAuth 2.0 providers, whose tokens are no JWTs.
    notImplemented: ["ProviderId"],
    unsigned: true,
    run: (input) => assumeRoleWithWebIdentity(context, input),
  };
}

async function assumeRoleWithWebIdentity(context: StsContext, input: JsonObject): Promise<JsonObject> {
  const claims = await requireClaims(context, textIn(input, "WebIdentityToken"));
  const roleArn = textIn(input, "RoleArn");
  const keys = federatedKeys(claims);
  const role = context.roles.find(roleArn);
  const isTrusted = context.roles.trusts(roleArn, {
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { Federated: FEDERATED },
    keys: { ...keys, "sts:RoleSessionName": textIn(input, "RoleSessionName") },
  });
  if (role === undefined || !isTrusted) {
    throw new AwsError("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }
  const { sub, aud } = claims;
  const opened = openSession(context, role, input, { isChained: false, terms: { keys }, tagSize: 0 });
  return { ...opened, SubjectFromWebIdentityToken: sub, Provider: FEDERATED, Audience: aud };
}

/** @throws {AwsError} `InvalidIdentityToken`, `ExpiredTokenException` */
async function requireClaims({ env, openIdTokens }: StsContext, token: string): Promise<OpenIdClaims> {
  const opened = await openIdTokens.open(token);
  switch (opened.outcome) {
    case "malformed":
      throw invalidToken(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
      );
    case "foreign":
      throw invalidToken(`No OpenIDConnect provider found in your account for ${opened.issuer}`);
    case "unsigned":
      throw invalidToken("The web identity token that was passed could not be validated by AWS.");
    case "opened":
      return unexpired(opened.claims, Math.floor(env.clock.now() / 1000));
  }
}

function unexpired(claims: OpenIdClaims, now: number): OpenIdClaims {
  if (now < claims.exp) return claims;
  const message = `Token expired: current date/time ${now} must be before the expiration date/time ${claims.exp}`;
  throw refusal("ExpiredTokenException", message);
}
