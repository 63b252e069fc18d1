// The keys that this cloud issues: one root key per data folder, and sessions of roles that follow from it.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "./service.ts";
import type { Principal, SessionCredentials, SessionTerms } from "./service.ts";
import { createVerifier } from "./signature.ts";
import type { Signed } from "./signature.ts";
import { createTimeCheck } from "./signing-time.ts";
import { isCode, writeWhole } from "./store.ts";
import type { WireRequest } from "./wire/wire.ts";

export interface RootKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a session token carries: whose session it is and until when (milliseconds since the epoch). */
export interface Session extends SessionTerms {
  readonly roleArn: string;
  readonly roleId: string;
  readonly sessionName: string;
  readonly expiration: number;
}

export interface Credentials {
  readonly root: RootKey;
  /** Credentials of a role's session. They hold across restarts: everything follows from the root key by HMAC. */
  issue(session: Session): SessionCredentials;
  /**
   * Who signed this request; `undefined` when nobody did.
   * @throws {AwsError} with AWS's code for a key, token or signature that does not hold
   */
  principalOf(request: WireRequest, signed: Signed | "malformed" | undefined, style: ErrorStyle): Principal | undefined;
  /** Whether this is the root key's secret, compared in constant time. */
  isSecret(secret: string): boolean;
}

/** Query services call their errors otherwise, and JSON services say 400 where the others say 403. */
export type ErrorStyle = "query" | "json" | "rest";

interface CredentialOptions {
  readonly folder: string;
  readonly accountId: string;
  /** Whoever signs with a key that is not a session's is root: for test suites of others. */
  readonly anyCredentials: boolean;
  now(): number;
}

/** Opens the folder's root key, or makes one (`credentials.json`, mode 0600). */
export function openCredentials({ folder, accountId, anyCredentials, now }: CredentialOptions): Credentials {
  const root = openRootKey(join(folder, "credentials.json"));
  const rootPrincipal: Principal = { kind: "root", arn: `arn:aws:iam::${accountId}:root`, userId: accountId };
  const verifier = createVerifier();
  const untimely = createTimeCheck(now);
  const sessions = createSessions(root, accountId, now);

  return {
    root,
    issue: sessions.issue,
    isSecret: (secret) => isEqual(secret, root.secretAccessKey),
    principalOf(request, signed, style) {
      if (signed === undefined) return anyCredentials ? rootPrincipal : undefined;
      if (signed === "malformed") throw refusal("incomplete", style);
      if (signed.accessKeyId.startsWith("ASIA") && signed.sessionToken !== undefined) {
        const session = sessions.open(signed.accessKeyId, signed.sessionToken, style);
        // Somebody else's session is as good as any other key.
        if (session === undefined && anyCredentials) return rootPrincipal;
        if (session === undefined) throw refusal("unknown", style);
        verify(session.secret, signed, request, style);
        return session.principal;
      }
      if (anyCredentials) return rootPrincipal;
      if (signed.accessKeyId !== root.accessKeyId || signed.sessionToken !== undefined) throw refusal("unknown", style);
      verify(root.secretAccessKey, signed, request, style);
      return rootPrincipal;
    },
  };

  function verify(secret: string, signed: Signed, request: WireRequest, style: ErrorStyle): void {
    const problem = untimely(signed);
    if (problem) throw refusal(problem.reason, style, problem.message);
    if (!verifier.isSignedWith(secret, signed, request)) throw refusal("signature", style);
  }
}

interface OpenSession {
  readonly secret: string;
  readonly principal: Principal;
  readonly expiration: number;
}

/** The token is the session itself with a seal, so nothing about it needs keeping. */
function createSessions(root: RootKey, accountId: string, now: () => number) {
  // A function's every call carries the same token: parse it once.
  const open = new Map<string, OpenSession>();
  const derive = (what: string, from: string): Buffer =>
    createHmac("sha256", root.secretAccessKey).update(`${what}\n${from}`).digest();

  return {
    issue(session: Session): SessionCredentials {
      const accessKeyId = `ASIA${randomKeyId()}`;
      const content = Buffer.from(JSON.stringify({ accessKeyId, ...session })).toString("base64url");
      return {
        accessKeyId,
        secretAccessKey: derive("secret", accessKeyId).toString("base64").slice(0, 40),
        sessionToken: `${content}.${derive("seal", content).toString("base64url")}`,
        expiration: session.expiration,
      };
    },
    /** Undefined when this cloud did not issue it. */
    open(accessKeyId: string, token: string, style: ErrorStyle): OpenSession | undefined {
      const known = open.get(`${accessKeyId} ${token}`) ?? unseal(accessKeyId, token);
      if (known && known.expiration <= now()) throw refusal("expired", style);
      return known;
    },
  };

  function unseal(accessKeyId: string, token: string): OpenSession | undefined {
    const [content = "", seal = "", ...others] = token.split(".");
    if (others.length > 0) return undefined;
    if (!isEqual(seal, derive("seal", content).toString("base64url"))) return undefined;
    // The seal proves that this text is what `issue` wrote.
    const session = JSON.parse(Buffer.from(content, "base64url").toString("utf8")) as Session & { accessKeyId: string };
    if (session.accessKeyId !== accessKeyId) return undefined;
    const opened: OpenSession = {
      secret: derive("secret", accessKeyId).toString("base64").slice(0, 40),
      principal: {
        kind: "role",
        arn: sessionArn(accountId, session.roleArn, session.sessionName),
        userId: `${session.roleId}:${session.sessionName}`,
        roleArn: session.roleArn,
        session: termsOf(session),
      },
      expiration: session.expiration,
    };
    if (open.size >= 200) open.clear();
    open.set(`${accessKeyId} ${token}`, opened);
    return opened;
  }
}

/** Of a role's session: without the role's path. */
export function sessionArn(accountId: string, roleArn: string, sessionName: string): string {
  return `arn:aws:sts::${accountId}:assumed-role/${roleArn.split("/").at(-1) ?? ""}/${sessionName}`;
}

function termsOf({ policies, policyArns, keys, transitiveTags }: Session): SessionTerms {
  return {
    ...(policies === undefined ? {} : { policies }),
    ...(policyArns === undefined ? {} : { policyArns }),
    ...(keys === undefined ? {} : { keys }),
    ...(transitiveTags === undefined ? {} : { transitiveTags }),
  };
}

function openRootKey(path: string): RootKey {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isRootKey(parsed)) return parsed;
    throw new Error(`${path} is damaged: it holds no access key`);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  const key = { accessKeyId: `AKIA${randomKeyId()}`, secretAccessKey: randomBytes(30).toString("base64") };
  writeWhole(path, JSON.stringify(key));
  return key;
}

function isRootKey(value: unknown): value is RootKey {
  if (typeof value !== "object" || value === null) return false;
  return (
    "accessKeyId" in value &&
    typeof value.accessKeyId === "string" &&
    "secretAccessKey" in value &&
    typeof value.secretAccessKey === "string"
  );
}

/** 16 characters of AWS's alphabet for unique ids: base 32 without 0, 1, 8, 9. */
function randomKeyId(): string {
  return Array.from(randomBytes(16), (byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32]).join("");
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

type Reason = "missing" | "incomplete" | "unknown" | "expired" | "signature";

const MESSAGES: Readonly<Record<Reason, string>> = {
  missing: "Request is missing Authentication Token",
  incomplete: "Authorization header or query does not hold Credential, SignedHeaders, Signature and X-Amz-Date.",
  unknown: "The security token included in the request is invalid.",
  expired: "The security token included in the request is expired",
  signature:
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
};

const JSON_CODES: Readonly<Record<Reason, string>> = {
  missing: "MissingAuthenticationTokenException",
  incomplete: "IncompleteSignatureException",
  unknown: "UnrecognizedClientException",
  expired: "ExpiredTokenException",
  signature: "InvalidSignatureException",
};

const QUERY_CODES: Readonly<Record<Reason, string>> = {
  missing: "MissingAuthenticationToken",
  incomplete: "IncompleteSignature",
  unknown: "InvalidClientTokenId",
  expired: "ExpiredToken",
  signature: "SignatureDoesNotMatch",
};

/** AWS's refusal of a signer, in the words and status of the service's protocol. */
export function refusal(reason: Reason, style: ErrorStyle, message: string = MESSAGES[reason]): AwsError {
  const code = (style === "query" ? QUERY_CODES : JSON_CODES)[reason];
  const status = style === "json" || reason === "incomplete" ? 400 : 403;
  return new AwsError(code, status, message);
}
