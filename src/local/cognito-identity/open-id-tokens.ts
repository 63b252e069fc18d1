// The tokens that identity pools sign, all with one key: made at the first of them, kept with the data.

import type { CryptoKey, JWK, JWTPayload } from "jose";
import type { CloudEnvironment, OpenIdClaims, OpenIdTokens } from "../service.ts";
import { FEDERATED } from "./federation.ts";

export interface OpenIdSigner extends OpenIdTokens {
  sign(claims: JWTPayload): Promise<string>;
  clear(): void;
}

export const ISSUER = `https://${FEDERATED}`;
const ALGORITHM = "RS512";

export function createOpenIdSigner(env: CloudEnvironment): OpenIdSigner {
  const records = env.collection<JWK>("cognito-identity/keys");
  const kid = `${env.region}1`;
  let signing: Promise<CryptoKey | Uint8Array> | undefined;

  async function load(): Promise<CryptoKey | Uint8Array> {
    const { importJWK } = await loadJose();
    const known = records.get(kid);
    if (known !== undefined) return importJWK(known, ALGORITHM);
    const made = await newKey();
    records.set(kid, made);
    return importJWK(made, ALGORITHM);
  }

  return {
    async sign(claims) {
      signing ??= load();
      const { SignJWT } = await loadJose();
      return new SignJWT(claims).setProtectedHeader({ kid, typ: "JWS", alg: ALGORITHM }).sign(await signing);
    },
    async open(token) {
      const claims = claimsIn(token);
      if (claims === undefined) return { outcome: "malformed" };
      if (claims["iss"] !== ISSUER) return { outcome: "foreign", issuer: String(claims["iss"]) };
      const isSigned = await hasSigned(records.get(kid), token);
      return isSigned && isOpenId(claims) ? { outcome: "opened", claims } : { outcome: "unsigned" };
    },
    clear() {
      records.clear();
      signing = undefined;
    },
  };
}

async function hasSigned(key: JWK | undefined, token: string): Promise<boolean> {
  if (key === undefined) return false;
  const { compactVerify, errors, importJWK } = await loadJose();
  const { e = "", kty = "", n = "" } = key;
  try {
    await compactVerify(token, await importJWK({ e, kty, n }, ALGORITHM), { algorithms: [ALGORITHM] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

async function newKey(): Promise<JWK> {
  const { exportJWK, generateKeyPair } = await loadJose();
  const { privateKey } = await generateKeyPair(ALGORITHM, { modulusLength: 2048, extractable: true });
  return exportJWK(privateKey);
}

/** Only when tokens are made or read: it takes longer to load than all of this cloud's own code. */
function loadJose(): Promise<typeof import("jose")> {
  return import("jose");
}

/** Unverified; undefined when they cannot be read. */
function claimsIn(token: string): Record<string, unknown> | undefined {
  const parts = token.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
    const isRecord = typeof claims === "object" && claims !== null && !Array.isArray(claims);
    return parts.length === 3 && isRecord ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}

function isOpenId(claims: Record<string, unknown>): claims is Record<string, unknown> & OpenIdClaims {
  const { sub, aud, amr, exp } = claims;
  return typeof sub === "string" && typeof aud === "string" && Array.isArray(amr) && typeof exp === "number";
}
