// What tokens say, read without asking anybody: whether they hold is for whoever is shown them.

import { decodeJwt, type JWTPayload } from "jose";
import type { Tokens } from "../state/tokens.ts";

export interface Caller {
  /** Of the pool's ID token; an access token has none. */
  readonly email: string | undefined;
  /** The user's name in the pool, a UUID. */
  readonly username: string;
  readonly groups: readonly string[];
}

export interface Claims {
  readonly caller: Caller;
  /** What the access token is good for. */
  readonly scopes: readonly string[];
  readonly id: JWTPayload;
  readonly access: JWTPayload;
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html */
export function claimsOf({ idToken, accessToken }: Pick<Tokens, "idToken" | "accessToken">): Claims {
  const [id, access] = [decodeJwt(idToken), decodeJwt(accessToken)];
  const groups = access["cognito:groups"];
  return {
    caller: {
      email: textOf(id["email"]),
      username: textOf(access["username"]) ?? access.sub ?? "",
      groups: Array.isArray(groups) ? groups.map(String) : [],
    },
    scopes: (textOf(access["scope"]) ?? "").split(" ").filter((scope) => scope !== ""),
    id,
    access,
  };
}

/**
 * When the access token ends by this machine's clock, in milliseconds: its `exp` is by the server's, whose time is known
 * from the `iat` of the same answer.
 */
export function expiryHere({ accessToken, receivedAt }: Pick<Tokens, "accessToken" | "receivedAt">): number {
  const { exp = 0, iat = exp } = decodeJwt(accessToken);
  return receivedAt + (exp - iat) * 1000;
}

function textOf(claim: unknown): string | undefined {
  return typeof claim === "string" ? claim : undefined;
}
