// The contract between the local cloud's control port and its services: what an operation is, how one is called.

import type { IncomingHttpHeaders } from "node:http";
import type { JSONWebKeySet } from "jose";

/** AWS's JSON as it is on the wire: member names exactly as the service's protocol spells them. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json | undefined };
export type JsonObject = { [member: string]: Json | undefined };

export type Protocol = "awsJson1_0" | "awsJson1_1" | "awsQuery" | "restJson1";

/** Who signed the call: this cloud's root key, or a session that a role's credentials opened. */
export interface Principal {
  readonly kind: "root" | "role" | "anonymous";
  readonly arn: string;
  readonly userId: string;
  /** For a role session: the ARN of the role whose policies decide. */
  readonly roleArn?: string;
  readonly session?: SessionTerms;
}

/** What a role's session was opened with beside the role. */
export interface SessionTerms {
  /** Session policies (documents): it may do only what they allow, too. */
  readonly policies?: readonly string[];
  /** ARNs of managed policies that are session policies, as they are at each call. */
  readonly policyArns?: readonly string[];
  /** Condition keys of all its calls: `cognito-identity.amazonaws.com:sub`, `aws:PrincipalTag/team`. */
  readonly keys?: ConditionKeys;
  /** Keys of those session tags that a session which it opens inherits. */
  readonly transitiveTags?: readonly string[];
}

/** Condition key → value, or values of a multivalued key. */
export type ConditionKeys = Readonly<Record<string, string | readonly string[]>>;

/** A right that a call takes. */
export interface Need {
  /** `dynamodb:GetItem` */
  readonly action: string;
  /** ARN, or `*`. */
  readonly resource: string;
  /** Condition keys of the call itself. */
  readonly keys?: ConditionKeys;
  /** Another right that will do as well. */
  readonly or?: Pick<Need, "action" | "resource">;
  /** What is answered without it, where that is no AccessDenied. */
  readonly refused?: () => AwsError;
  /** JSON of the resource's own policy. */
  readonly resourceDocument?: string;
}

/** What policies say of a need, and which of them: explicitly, or by saying nothing. */
export type Decision =
  | "allowed"
  | "deniedByIdentity"
  | "deniedBySession"
  | "deniedByResource"
  | "noIdentity"
  | "noSession";

/** Who asks to assume a role, and how: what its trust policy decides over. */
export interface Assumption {
  readonly action: "sts:AssumeRole" | "sts:AssumeRoleWithWebIdentity" | "sts:SetSourceIdentity" | "sts:TagSession";
  /** A service (`lambda.amazonaws.com`), an identity provider (`cognito-identity.amazonaws.com`), or who signed the call. */
  readonly principal: { readonly Service: string } | { readonly Federated: string } | Principal;
  readonly keys?: ConditionKeys;
}

/** How long, and on which terms beside its role. */
export interface SessionRequest extends SessionTerms {
  readonly sessionName: string;
  /** Milliseconds; without it as long as a function lives. */
  readonly duration?: number;
}

/** One call of one operation, after authentication and parsing. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly requestId: string;
  readonly principal: Principal;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the caller hangs up or the cloud stops. */
  readonly signal: AbortSignal;
}

/** Where restJson1 finds and puts an operation's members. Paths are AWS's templates: `/v2/apis/{apiId}`, greedy `{arn+}`. */
export interface RestBinding {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** HTTP status of success, 200 unless given. */
  readonly status?: number;
  /** Query parameter → input member. A member whose shape is a list takes every occurrence. */
  readonly query?: Readonly<Record<string, string>>;
  /** Header (lower case) → input member. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The member that takes the whole body as bytes (Lambda's Invoke), instead of members from JSON. */
  readonly rawBody?: string;
}

/** Validation as data, checked before `run`, answered with the service's own validation error. */
export interface Shape {
  readonly type: "string" | "integer" | "boolean" | "list" | "map" | "structure" | "timestamp" | "blob";
  readonly required?: boolean;
  /** Length of a string, list, map or blob; value of an integer. */
  readonly min?: number;
  readonly max?: number;
  /** Anchored by the checker; write it as AWS prints it. */
  readonly pattern?: string;
  /** Left out of what is said about it, as AWS does with passwords. */
  readonly isSensitive?: boolean;
  readonly values?: readonly string[];
  /** Members of a structure. Unknown members are ignored, as AWS does. */
  readonly members?: Readonly<Record<string, Shape>>;
  /** Elements of a list, values of a map. */
  readonly of?: Shape;
  readonly keys?: Shape;
}

/** A member by its path (`defaultRouteSettings.throttlingRateLimit`), and the value of it that holds here anyway. */
export type Unimplemented = string | { readonly member: string; readonly unless: Json };

export interface Operation {
  readonly rest?: RestBinding;
  readonly input: Readonly<Record<string, Shape>>;
  /** Members that AWS takes and this cloud does not act on: refused by name when they ask for something. */
  readonly notImplemented?: readonly Unimplemented[];
  /** Callable without a key, as on AWS (Cognito's public calls). */
  readonly unsigned?: true;
  /** IAM's name of the action where it is not the operation's. */
  readonly action?: string;
  /** What a role's policy must allow: the resource the call is about, `*` unless given. */
  resource?(input: JsonObject): string;
  /** Condition keys that the service has of this call; an empty list for one that it never has. */
  keys?(input: JsonObject): ConditionKeys;
  /** Other rights that it takes, too, checked like its own: passing a role, tagging what is made. */
  alsoNeeds?(input: JsonObject, caller: Principal): readonly Need[];
  /** The resource's own policy, which may let a caller in whose role does not. */
  resourcePolicy?(input: JsonObject): string | undefined;
  /** @throws {AwsError} for everything AWS refuses */
  run(input: JsonObject, call: Call): Promise<JsonObject | Reply | undefined> | JsonObject | Reply | undefined;
}

/** An answer that is not simply JSON members (Lambda's Invoke). */
export class Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: Uint8Array) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** A service whose engine speaks the protocol itself (dynalite): it gets the bytes, not the members. */
export interface PassThrough {
  /**
   * The rights that a call takes, all of them.
   * @param input AWS's JSON, already parsed
   * @param withKeys also the condition keys, for a caller whose policies look at some
   */
  needs(operation: string, input: JsonObject, withKeys: boolean): Promise<readonly Need[]>;
  forward(operation: string, body: Uint8Array, call: Call): Promise<Reply>;
}

export interface Service {
  /** Name in the credential scope: dynamodb, iam, lambda, apigateway, logs, sts, cognito-idp. */
  readonly signingName: string;
  readonly protocol: Protocol;
  /** JSON protocols: the part of X-Amz-Target before the dot. Query: the Version. */
  readonly target?: string;
  /** Keyed by AWS's own operation name. */
  readonly operations: Readonly<Record<string, Operation>>;
  readonly passThrough?: PassThrough;
  /** Error code and status of a violated `input` shape, e.g. ValidationException 400. */
  readonly validationError: string;
  /** ARNs of everything in it. */
  inventory?(): Promise<readonly string[]>;
  /** Ends processes, ports and files; the data stays. */
  close?(): Promise<void>;
  /** Forgets everything (`local reset`). */
  reset?(): Promise<void>;
}

/** What AWS answers instead of a result. The protocol decides how it looks on the wire. */
export class AwsError extends Error {
  /** AWS's code, e.g. `ResourceNotFoundException`. */
  readonly code: string;
  readonly status: number;
  /** Further members of the error's body, e.g. Lambda's `Type: "User"`. */
  readonly members: JsonObject;

  constructor(code: string, status: number, message: string, members: JsonObject = {}) {
    super(message);
    this.name = "AwsError";
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** What every service is created with. */
export interface CloudEnvironment {
  readonly region: string;
  readonly accountId: string;
  readonly partition: "aws";
  /** Folder of this cloud's data (`.awsls/local`); every service keeps its own below it. */
  readonly folder: string;
  readonly clock: Clock;
  /** One line into the cloud's log file; never a secret. */
  log(line: string): void;
  /** `http://127.0.0.1:<control port>`: known once the cloud listens, so ask late. */
  endpoint(): string;
  /** A persisted map: `set` and `delete` are on disk (temporary file, rename) before they return. */
  collection<T>(name: string): Collection<T>;
}

export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A map of records on disk. Values are plain JSON; change one by `set`, never in place. */
export interface Collection<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): boolean;
  /** Many changes with one write; undefined deletes. */
  update(changes: Iterable<readonly [key: string, value: T | undefined]>): void;
  entries(): IterableIterator<[string, T]>;
  values(): IterableIterator<T>;
  readonly size: number;
  clear(): void;
}

/** What the other services need of IAM. */
export interface Roles {
  /** The role of that ARN, whatever its path; `maxSessionDuration` in seconds. */
  find(
    roleArn: string,
  ): { readonly roleId: string; readonly arn: string; readonly maxSessionDuration: number } | undefined;
  /** Whether the role's trust policy lets that principal assume it. */
  trusts(roleArn: string, assumption: Assumption): boolean;
  /** Its trust policy, as JSON. */
  trustPolicy(roleArn: string): string | undefined;
  /** Whether there is a managed policy of that ARN. */
  isPolicy(policyArn: string): boolean;
  /** Whether the role's policies allow the action (`logs:PutLogEvents`) on the resource ARN. */
  allows(roleArn: string, action: string, resource: string): boolean;
  /** What the session of a role may do, on its own terms. */
  decide(session: Principal, need: Need): Decision;
  /** Condition keys that the session's policies ask for, in small letters. */
  mentioned(session: Principal): ReadonlySet<string>;
  /**
   * Credentials of a session of that role, which this cloud's control port accepts.
   * @throws {AwsError} `NoSuchEntity` 404
   */
  credentials(roleArn: string, session: SessionRequest): SessionCredentials;
}

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: number;
}

/** What Lambda needs of CloudWatch Logs: writes that the service itself makes, without a call. */
export interface LogSink {
  /** Makes the group (Lambda's service does at the first invoke, when the role allows logs:CreateLogGroup). */
  ensureGroup(group: string): void;
  hasGroup(group: string): boolean;
  ensureStream(group: string, stream: string): void;
  append(group: string, stream: string, events: readonly { timestamp: number; message: string }[]): void;
}

/** What API Gateway and EventBridge need of Lambda. */
export interface Functions {
  /**
   * Invokes as AWS's services do: checks the function's resource policy, then runs it.
   * @returns how it ended; `denied` when the policy does not let the caller, `throttled` when no process got free in 5 s,
   *   `unstartable` when Lambda cannot even try, because of the function's role
   */
  invoke(functionArn: string, payload: Uint8Array, caller: ServiceCaller): Promise<Invocation>;
  /** Leaves an event to Lambda's own queue, with its retries, if the function's resource policy lets the caller. */
  enqueue(functionArn: string, payload: Uint8Array, caller: ServiceCaller): "queued" | "denied" | "missing";
}

export interface ServiceCaller {
  /** `apigateway.amazonaws.com`, `events.amazonaws.com` */
  readonly principal: string;
  readonly sourceArn: string;
  /** X-Ray's header of what the function is called for. */
  readonly trace?: string | undefined;
  readonly signal?: AbortSignal;
}

/** What API Gateway needs of Cognito: which pool of this cloud an issuer is, and the keys its tokens are signed with. */
export interface TokenIssuers {
  /**
   * @param issuer as a token's `iss` and an authorizer have it: `https://cognito-idp.<region>.amazonaws.com/<pool id>`
   * @returns the pool's JWKS, the same object as long as its keys are the same; undefined for whatever is no pool of this cloud
   */
  keysOf(issuer: string): JSONWebKeySet | undefined;
}

/** Claims of an ID token, as far as identity pools look at them. */
export interface IdTokenClaims {
  readonly sub: string;
  readonly exp: number;
  readonly aud?: string;
  readonly token_use?: string;
  readonly event_id?: string;
  readonly [claim: string]: unknown;
}

/** What identity pools need of user pools. */
export interface IdTokens {
  /**
   * What a token of a user pool says, expired or not.
   * @param provider `cognito-idp.<region>.amazonaws.com/<pool id>`: the pool that must have signed it
   * @returns `foreign` for the token of another issuer
   */
  open(
    provider: string,
    token: string,
  ): Promise<
    | { readonly outcome: "opened"; readonly claims: IdTokenClaims }
    | { readonly outcome: "malformed" | "foreign" | "unsigned" }
  >;
  /** Whether the pool still stands by it: its user is there and enabled, the sign-in not revoked. */
  isCurrent(provider: string, claims: IdTokenClaims): boolean;
}

/** What STS needs of identity pools. */
export interface OpenIdTokens {
  /** What a token that should be of an identity pool says, expired or not. */
  open(
    token: string,
  ): Promise<
    | { readonly outcome: "opened"; readonly claims: OpenIdClaims }
    | { readonly outcome: "malformed" | "unsigned" }
    | { readonly outcome: "foreign"; readonly issuer: string }
  >;
}

export interface OpenIdClaims {
  /** The identity. */
  readonly sub: string;
  /** Its pool. */
  readonly aud: string;
  readonly amr: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
}

export type Invocation =
  | { readonly outcome: "answered"; readonly payload: Uint8Array }
  | { readonly outcome: "failed"; readonly payload: Uint8Array }
  | { readonly outcome: "unstartable"; readonly reason: string }
  | { readonly outcome: "denied" | "missing" | "throttled" };
