// Whether a JWT is one of an authorizer's issuer and for one of its audience, now.
// (API Gateway developer guide, "Control access to HTTP APIs with JWT authorizers".)

import type { JSONWebKeySet, JWTVerifyGetKey, ProtectedHeaderParameters } from "jose";
import type { Clock, JsonObject, TokenIssuers } from "../service.ts";
import { printedClaims } from "./claims.ts";
import type { JwtConfiguration } from "./model.ts";

export type Verdict =
  | { readonly isValid: true; readonly claims: JsonObject; readonly printed: Readonly<Record<string, string>> }
  /** For `error_description`. In AWS's words where they are known. */
  | { readonly isValid: false; readonly reason: string };

export interface JwtVerifier {
  verify(token: string, configuration: JwtConfiguration): Promise<Verdict>;
}

/** A token whose signature is good, whatever it claims. */
interface Signed {
  readonly claims: JsonObject;
  readonly printed: Readonly<Record<string, string>>;
}

/** Keys of one issuer, and the tokens that they were found to have signed. */
interface KnownKeys {
  readonly keys: JSONWebKeySet;
  readonly signed: Map<string, Signed>;
  /** Made of them with the first token. */
  find?: JWTVerifyGetKey;
}

/** "Currently, only RSA-based algorithms are supported." */
const ALGORITHMS = ["RS256", "RS384", "RS512"];
/** Tokens remembered of each key set; their text may take 10 KB. */
const REMEMBERED = 500;

/**
 * Signatures are checked once: a token is remembered by its whole text for as long as its issuer's keys stay the same.
 * What it claims is checked at every use, against the clock and whichever authorizer asks.
 */
export function createJwtVerifier({ clock, issuers }: { clock: Clock; issuers: TokenIssuers }): JwtVerifier {
  const known = new WeakMap<JSONWebKeySet, KnownKeys>();

  function knownKeys(keys: JSONWebKeySet): KnownKeys {
    const found = known.get(keys) ?? { keys, signed: new Map<string, Signed>() };
    known.set(keys, found);
    return found;
  }

  return {
    async verify(token, configuration) {
      const keys = issuers.keysOf(configuration.issuer);
      if (keys === undefined) return refused("OIDC discovery endpoint communication error");
      const ofIssuer = knownKeys(keys);
      const found = ofIssuer.signed.get(token) ?? (await readSigned(token, ofIssuer));
      if (typeof found === "string") return refused(found);
      const reason = objectionTo(found.claims, configuration, clock.now());
      return reason === undefined ? { isValid: true, ...found } : refused(reason);
    },
  };
}

function refused(reason: string): Verdict {
  return { isValid: false, reason };
}

/** @returns why it is refused, if its signature is not good */
async function readSigned(token: string, known: KnownKeys): Promise<Signed | string> {
  if (token.split(".").length !== 3) return "token contains an invalid number of segments";
  // Only now: it takes longer to load than all of this cloud's own code.
  const jose = await import("jose");
  const header = headerOf(jose, token);
  if (header === undefined) return "the token's header cannot be read";
  if (!ALGORITHMS.includes(String(header.alg))) return `signing method ${header.alg} is invalid`;
  // Without one jose would try the only key that there is.
  if (typeof header.kid !== "string") return "the token names no key of its issuer";
  try {
    known.find ??= jose.createLocalJWKSet(known.keys);
    const { payload } = await jose.compactVerify(token, known.find, { algorithms: ALGORITHMS });
    const claims: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
    if (!isObject(claims)) return "the token's claims cannot be read";
    return remember(known.signed, token, { claims, printed: printedClaims(claims) });
  } catch (error) {
    return reasonOf(error);
  }
}

function remember(signed: Map<string, Signed>, token: string, found: Signed): Signed {
  const [oldest] = signed.keys();
  if (signed.size >= REMEMBERED && oldest !== undefined) signed.delete(oldest);
  signed.set(token, found);
  return found;
}

function headerOf(jose: typeof import("jose"), token: string): ProtectedHeaderParameters | undefined {
  try {
    return jose.decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_JWKS_NO_MATCHING_KEY") return "the token names no key of its issuer";
  if (code === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") return "crypto/rsa: verification error";
  return "the token cannot be read";
}

/** AWS documents no tolerance for clocks that differ. */
function objectionTo(claims: JsonObject, { issuer, audience }: JwtConfiguration, now: number): string | undefined {
  if (claims["iss"] !== issuer) return "issuer does not match";
  if (!isFor(audience, claims)) return "the token does not have a valid audience";
  const { exp, nbf, iat } = claims;
  if (typeof exp !== "number" || exp * 1000 <= now) return "the token has expired";
  if (!hasCome(nbf, now)) return "the token is not valid yet";
  return hasCome(iat, now) ? undefined : "the token is used before it was issued";
}

/** `client_id` counts only where there is no `aud`: access tokens of Cognito have the one, ID tokens the other. */
function isFor(audience: readonly string[], { aud, client_id: clientId }: JsonObject): boolean {
  const named = aud === undefined ? [clientId] : [aud].flat();
  return named.some((each) => typeof each === "string" && audience.includes(each));
}

function hasCome(seconds: unknown, now: number): boolean {
  return seconds === undefined || (typeof seconds === "number" && seconds * 1000 <= now);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
