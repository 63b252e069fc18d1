// SRP-6a in Cognito's variant, the server's side: 3072-bit group, SHA-256, and a signature with a key that HKDF derives.
// There is no specification; the clients that AWS publishes define it: https://github.com/aws-amplify/amplify-js

import { createHash, createHmac, getDiffieHellman, randomBytes, timingSafeEqual } from "node:crypto";
import type { StoredPassword } from "./records.ts";

/** RFC 3526's group of 3072 bits. */
const N = BigInt(`0x${getDiffieHellman("modp15").getPrime("hex")}`);
const G = 2n;
const K = hashOf(padded(N), padded(G));
const INFO = "Caldera Derived Key";

/** What the password is hashed with: the pool id without its region, and the real user name. */
export interface SrpIdentity {
  readonly poolName: string;
  readonly username: string;
}

export function srpIdentity(poolId: string, username: string): SrpIdentity {
  return { poolName: poolId.slice(poolId.indexOf("_") + 1), username };
}

export function storePassword(identity: SrpIdentity, password: string): StoredPassword {
  const salt = randomBytes(16).toString("hex");
  return { salt, verifier: verifierOf(identity, password, salt).toString(16) };
}

export function isPassword(identity: SrpIdentity, stored: StoredPassword, password: string): boolean {
  return isEqual(padded(verifierOf(identity, password, stored.salt)), padded(BigInt(`0x${stored.verifier}`)));
}

/** What the server answers to a client's A, and what it has to remember for the proof. */
export interface ServerHalf {
  readonly A: bigint;
  readonly B: bigint;
  readonly b: bigint;
}

/** @returns undefined for an A that no honest client sends: with A ≡ 0 the key would be known to anybody */
export function answerTo(srpA: string, { verifier }: StoredPassword): ServerHalf | undefined {
  if (!/^[0-9a-fA-F]{1,800}$/.test(srpA)) return undefined;
  const A = BigInt(`0x${srpA}`);
  if (A % N === 0n) return undefined;
  const b = toNumber(randomBytes(32));
  const B = (K * BigInt(`0x${verifier}`) + power(G, b)) % N;
  return { A, B, b };
}

export interface Proof {
  /** As the client sent it, base 64. */
  readonly secretBlock: string;
  readonly timestamp: string;
  /** Base 64. */
  readonly signature: string;
}

/** Whether whoever signed knows the password. */
export function isProof(identity: SrpIdentity, stored: StoredPassword, half: ServerHalf, proof: Proof): boolean {
  const u = hashOf(padded(half.A), padded(half.B));
  const secret = power((half.A * power(BigInt(`0x${stored.verifier}`), u)) % N, half.b);
  const message = [identity.poolName, identity.username, Buffer.from(proof.secretBlock, "base64"), proof.timestamp];
  const expected = createHmac("sha256", keyOf(secret, u));
  for (const part of message) expected.update(part);
  return isEqual(Buffer.from(proof.signature, "base64"), expected.digest());
}

/** HKDF's first 16 bytes. */
function keyOf(secret: bigint, u: bigint): Buffer {
  const pseudoRandom = createHmac("sha256", padded(u)).update(padded(secret)).digest();
  return createHmac("sha256", pseudoRandom).update(INFO).update(Buffer.of(1)).digest().subarray(0, 16);
}

function verifierOf({ poolName, username }: SrpIdentity, password: string, salt: string): bigint {
  const credentials = createHash("sha256").update(`${poolName}${username}:${password}`).digest();
  return power(G, hashOf(padded(BigInt(`0x${salt}`)), credentials));
}

function hashOf(...parts: Buffer[]): bigint {
  return toNumber(createHash("sha256").update(Buffer.concat(parts)).digest());
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

/** Its bytes as Java's BigInteger writes them: one more when the first would make it negative. */
function padded(number: bigint): Buffer {
  const hex = number.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}

/** 5 ms for an exponent of 256 bits. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
