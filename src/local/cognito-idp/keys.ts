// The keys of each pool: one pair signs ID tokens, the other access tokens, and a secret for what only the pool may know.

import { randomBytes } from "node:crypto";
import type { CryptoKey, JSONWebKeySet, JWK, JWTPayload } from "jose";
import type { CloudEnvironment } from "../service.ts";
import { notAuthorized } from "./errors.ts";

export type TokenUse = "id" | "access";

export interface PoolKeys {
  /** Takes about half a second. */
  create(poolId: string): Promise<void>;
  /** The public keys, the same object as long as the pool is there. */
  jwks(poolId: string): JSONWebKeySet | undefined;
  sign(poolId: string, use: TokenUse, claims: JWTPayload): Promise<string>;
  /**
   * The claims of a token that this pool signed and that has not expired.
   * @throws {AwsError} `NotAuthorizedException`
   */
  open(poolId: string, token: string): Promise<JWTPayload>;
  /** Whether this pool signed it, whatever it says. */
  hasSigned(poolId: string, token: string): Promise<boolean>;
  secret(poolId: string): Buffer;
  forget(poolId: string): void;
  clear(): void;
}

interface KeyRecord extends Readonly<Record<TokenUse, JWK>> {
  /** Hexadecimal. */
  readonly secret: string;
}

export function createKeys(env: CloudEnvironment): PoolKeys {
  const records = env.collection<KeyRecord>("cognito-idp/keys");
  const published = new Map<string, JSONWebKeySet>();
  const signers = new Map<string, Promise<CryptoKey | Uint8Array>>();

  function recordOf(poolId: string): KeyRecord {
    const record = records.get(poolId);
    if (record === undefined) throw new Error(`user pool ${poolId} has no keys`);
    return record;
  }

  function jwks(poolId: string): JSONWebKeySet | undefined {
    const record = records.get(poolId);
    if (record === undefined) return undefined;
    const known = published.get(poolId) ?? { keys: [publicPart(record.id), publicPart(record.access)] };
    published.set(poolId, known);
    return known;
  }

  function signer(poolId: string, use: TokenUse): Promise<CryptoKey | Uint8Array> {
    const name = `${poolId}/${use}`;
    const key = signers.get(name) ?? loadJose().then(({ importJWK }) => importJWK(recordOf(poolId)[use], "RS256"));
    signers.set(name, key);
    return key;
  }

  function forget(poolId: string): void {
    published.delete(poolId);
    signers.delete(`${poolId}/id`);
    signers.delete(`${poolId}/access`);
    records.delete(poolId);
  }

  return {
    async create(poolId) {
      const [id, access] = await Promise.all([newKey(), newKey()]);
      records.set(poolId, { id, access, secret: randomBytes(32).toString("hex") });
    },
    jwks,
    async sign(poolId, use, claims) {
      const { SignJWT } = await loadJose();
      const { kid = "" } = recordOf(poolId)[use];
      return new SignJWT(claims).setProtectedHeader({ kid, alg: "RS256" }).sign(await signer(poolId, use));
    },
    async open(poolId, token) {
      const keys = jwks(poolId);
      if (keys === undefined) throw notAuthorized("Invalid Access Token");
      const { createLocalJWKSet, errors, jwtVerify } = await loadJose();
      const now = new Date(env.clock.now());
      try {
        const verified = await jwtVerify(token, createLocalJWKSet(keys), { algorithms: ["RS256"], currentDate: now });
        return verified.payload;
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw notAuthorized("Access Token has expired");
        if (error instanceof errors.JOSEError) throw notAuthorized("Could not verify signature for Access Token");
        throw error;
      }
    },
    async hasSigned(poolId, token) {
      const keys = jwks(poolId);
      if (keys === undefined) return false;
      const { compactVerify, createLocalJWKSet, errors } = await loadJose();
      try {
        await compactVerify(token, createLocalJWKSet(keys), { algorithms: ["RS256"] });
        return true;
      } catch (error) {
        if (error instanceof errors.JOSEError) return false;
        throw error;
      }
    },
    secret: (poolId) => Buffer.from(recordOf(poolId).secret, "hex"),
    forget,
    clear() {
      for (const [poolId] of records.entries()) forget(poolId);
    },
  };
}

/** Only when tokens are made or read: it takes longer to load than all of this cloud's own code. */
function loadJose(): Promise<typeof import("jose")> {
  return import("jose");
}

async function newKey(): Promise<JWK> {
  const { exportJWK, generateKeyPair } = await loadJose();
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
  return { kid: randomBytes(32).toString("base64"), alg: "RS256", use: "sig", ...(await exportJWK(privateKey)) };
}

function publicPart({ alg, e, kid, kty, n, use }: JWK): JWK {
  return { alg, e, kid, kty, n, use } as JWK;
}
