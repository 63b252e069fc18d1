// The SDK's errors in our own codes. Matched by name; by text only where AWS gives nothing else.

import { type AwsRefusal, Problem } from "../core/problem.ts";
import { CALL_OF_ERROR, type FailedCall } from "./calls.ts";
import { unnamedRightIn } from "./missing-right.ts";
import { UncertainOutcome } from "./uncertain.ts";

export interface ErrorScene {
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
  readonly resource?: string | undefined;
  readonly name?: string | undefined;
}

const EXPIRED = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired"]);
const REFUSED = new Set([
  "AuthFailure",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);
const UNREACHED = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "EPROTO",
  "ETIMEDOUT",
]);

/** An error that AWS answered: its code is the name. */
export interface AwsServiceError extends Error {
  readonly $metadata: AnswerMetadata;
}

/** Whether AWS answered with one of these error codes. */
export function isAwsError(error: unknown, ...codes: readonly string[]): error is AwsServiceError {
  return error instanceof Error && codes.includes(error.name);
}

/** AWS's own no: whatever was asked for was not done. */
export function isRefusal(error: unknown): boolean {
  const { httpStatusCode: status = 0, attempts = 1 } = (error instanceof Error ? metadataOf(error) : undefined) ?? {};
  // Of several attempts an earlier one may have been done, its reply lost.
  return status >= 400 && status < 500 && attempts === 1;
}

/** Runs a reading call; AWS's "not there" becomes undefined. */
export async function unlessMissing<T>(call: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isAwsError(error, ...codes)) return undefined;
    throw error;
  }
}

/** An error of the SDK, the network or the credential chain as a Problem; undefined for anything that is not theirs. */
export function toProblem(error: unknown, scene: ErrorScene): Problem | undefined {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error)) return undefined;
  const call = callOf(error);
  if (error instanceof UncertainOutcome) {
    return toProblem(error.reason, scene) ?? unreachable(error, scene);
  }
  const credentials = credentialProblem(error, scene);
  if (credentials !== undefined) return credentials;
  const answer = metadataOf(error);
  if (isNotAws(error, answer)) {
    const endpoint = scene.endpoint ?? "AWS";
    return new Problem("NotAnAwsEndpoint", { endpoint, operation: call?.operation ?? "" }, { cause: error });
  }
  if (answer?.httpStatusCode !== undefined) return refused(error, call, answer, scene);
  return isNetworkError(error) ? unreachable(error, scene) : undefined;
}

interface AnswerMetadata {
  readonly attempts?: number;
  readonly httpStatusCode?: number;
  readonly requestId?: string;
}

function callOf(error: Error): FailedCall | undefined {
  return CALL_OF_ERROR in error ? (error[CALL_OF_ERROR] as FailedCall) : undefined;
}

function metadataOf(error: Error): AnswerMetadata | undefined {
  return "$metadata" in error ? (error.$metadata as AnswerMetadata) : undefined;
}

/** An answer that is no AWS protocol: HTML, an empty page, somebody else's JSON without an error code. */
function isNotAws(error: Error, answer: AnswerMetadata | undefined): boolean {
  if ("$response" in error && error instanceof SyntaxError) return true;
  if (codeOf(error).startsWith("HPE_")) return true;
  const isNameless = ["UnknownError", "Unknown", "Error", "SyntaxError"].includes(error.name);
  return answer?.httpStatusCode !== undefined && isNameless && answer.requestId === undefined;
}

function isNetworkError(error: Error): boolean {
  const code = codeOf(error);
  return error.name === "TimeoutError" || UNREACHED.has(code) || /^ERR_(TLS|SSL)|CERT|^UNABLE_TO_/.test(code);
}

/** Node's own code of a system, parser or TLS error. */
function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

function unreachable(error: Error, scene: ErrorScene): Problem {
  const reason = error.message === "" ? codeOf(error) || error.name : error.message;
  return new Problem("EndpointUnreachable", { endpoint: scene.endpoint ?? "AWS", reason }, { cause: error });
}

function refused(error: Error, call: FailedCall | undefined, answer: AnswerMetadata, scene: ErrorScene): Problem {
  const refusal: { -readonly [K in keyof AwsRefusal]: AwsRefusal[K] } = {
    service: call?.service ?? "AWS",
    operation: call?.operation ?? "",
    code: error.name,
    message: error.message,
  };
  if (answer.httpStatusCode !== undefined) refusal.status = answer.httpStatusCode;
  if (answer.requestId !== undefined) refusal.requestId = answer.requestId;
  const missing = unnamedRightIn(error.message);
  if (missing !== undefined) refusal.missing = missing;
  for (const member of ["resource", "name", "region", "account"] as const) {
    const value = scene[member];
    if (value !== undefined) refusal[member] = value;
  }
  return new Problem("AwsRefused", refusal, { cause: error });
}

/** Which of "none", "expired" and "wrong" it is: each has another way out. */
function credentialProblem(error: Error, { profile, region }: ErrorScene): Problem | undefined {
  const whose = profile === undefined ? {} : { profile };
  const options = { cause: error };
  // A line break in a key: Node refuses the header before anything is sent.
  if (codeOf(error) === "ERR_INVALID_CHAR") {
    return new Problem("RefusedCredentials", { code: "InvalidCharacter", message: error.message }, options);
  }
  if (EXPIRED.has(error.name)) return new Problem("ExpiredCredentials", { kind: "session", ...whose }, options);
  if (REFUSED.has(error.name)) {
    const where = region === undefined ? {} : { region };
    return new Problem("RefusedCredentials", { code: error.name, message: error.message, ...where }, options);
  }
  if (error.name === "TokenProviderError") return new Problem("ExpiredCredentials", { kind: "sso", ...whose }, options);
  if (error.name !== "CredentialsProviderError") return undefined;
  const { message } = error;
  // The credential providers have one error class for everything: only the sentence tells.
  if (/SSO session|sso login|SSO.*(expired|invalid)/i.test(message)) {
    return new Problem("ExpiredCredentials", { kind: "sso", ...whose }, options);
  }
  // Also without a token of it: nobody has signed in yet, or has signed out.
  if (/re-?authenticate|aws login|login[\\/]cache/i.test(message)) {
    return new Problem("ExpiredCredentials", { kind: "login", ...whose }, options);
  }
  if (
    /Could not resolve credentials using profile|Profile .* (could not be found|not found)/i.test(message) &&
    profile !== undefined
  ) {
    return new Problem("NoCredentials", { profile, reason: message }, options);
  }
  return new Problem(
    "NoCredentials",
    { ...whose, ...(/any providers/.test(message) ? {} : { reason: message }) },
    options,
  );
}
