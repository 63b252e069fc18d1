// Issuers as user pools are, with keys of their own, and the tokens they sign.

import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JSONWebKeySet,
  type JWTHeaderParameters,
} from "jose";
import type { TokenIssuers } from "../src/local/service.ts";

export interface TestIssuer {
  readonly issuer: string;
  readonly keys: JSONWebKeySet;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** A token with just these claims, `iss` added unless they have one. */
  sign(
    claims: Record<string, unknown>,
    header?: Partial<JWTHeaderParameters>,
    key?: CryptoKey | Uint8Array,
  ): Promise<string>;
}

export async function createTestIssuer(poolId: string, alg = "RS256", kid = `key-of-${poolId}`): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${poolId}`;
  return {
    issuer,
    keys: { keys: [{ ...(await exportJWK(publicKey)), alg, kid, use: "sig" }] },
    privateKey,
    publicKey,
    sign: (claims, header = {}, key = privateKey) =>
      new SignJWT({ iss: issuer, ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(key),
  };
}

/** Which pools there are just now: a test takes one away, or gives it other keys. */
export interface TestPools extends TokenIssuers {
  readonly pools: Map<string, JSONWebKeySet>;
}

export function testPools(...issuers: readonly TestIssuer[]): TestPools {
  const pools = new Map(issuers.map(({ issuer, keys }) => [issuer, keys]));
  return { pools, keysOf: (issuer) => pools.get(issuer) };
}
