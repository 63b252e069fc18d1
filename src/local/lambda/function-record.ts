// What is kept of a function, and how Lambda shows it: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html

import { randomUUID } from "node:crypto";
import type { CloudEnvironment, Collection, JsonObject, Roles } from "../service.ts";
import type { CodeDownload } from "./code-download.ts";
import type { CodeStore } from "./code-store.ts";

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: "*" | { readonly Service: string } | { readonly AWS: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string } };
}

export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  readonly runtime: string;
  readonly handler: string;
  readonly role: string;
  /** The role's unique id when it was given: AWS's grant to decrypt the environment belongs to that one. */
  readonly roleId: string;
  readonly description: string;
  /** Seconds. */
  readonly timeout: number;
  /** Megabytes. */
  readonly memorySize: number;
  readonly architectures: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly tracingMode: string;
  readonly ephemeralStorage: number;
  readonly logGroup: string;
  readonly codeSha256: string;
  readonly codeSize: number;
  /** Name of the unpacked code's folder. */
  readonly codeFolder: string;
  readonly revisionId: string;
  /** Shown while it is Pending or InProgress: on AWS the end of that is a revision of its own (aws/aws-sdk#377). */
  readonly interimRevisionId?: string;
  /** Milliseconds since the epoch, like the two below. */
  readonly lastModified: number;
  /** Pending until then. */
  readonly activeAt: number;
  /** LastUpdateStatus InProgress until then. */
  readonly updatedAt: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly statements: readonly Statement[];
  readonly reservedConcurrency?: number;
}

/** What Lambda's operations work on. */
export interface LambdaContext {
  readonly env: CloudEnvironment;
  readonly roles: Roles;
  readonly records: Collection<FunctionRecord>;
  readonly code: CodeStore;
  readonly download: CodeDownload;
  /** How long a new function is Pending and an update InProgress, in milliseconds. */
  readonly settleMs: number;
  /** Concurrent invocations of a function that has no reserved concurrency. */
  readonly functionConcurrency: number;
  /** Tells the running processes that the record is another one, or gone, and clears away what only `before` needed. */
  changed(before: FunctionRecord): void;
}

export function isPending(record: FunctionRecord, now: number): boolean {
  return now < record.activeAt;
}

export function isUpdating(record: FunctionRecord, now: number): boolean {
  return now < record.updatedAt;
}

/** Of a function that begins to be made or changed. */
export function newRevision(): Pick<FunctionRecord, "revisionId" | "interimRevisionId"> {
  return { revisionId: randomUUID(), interimRevisionId: randomUUID() };
}

/** A record after a change: another revision, modified now. */
export function revised(record: FunctionRecord, change: Partial<FunctionRecord>, now: number): FunctionRecord {
  return { ...record, ...change, ...newRevision(), lastModified: now };
}

export function revisionIdOf(record: FunctionRecord, now: number): string {
  const { revisionId, interimRevisionId = revisionId } = record;
  return isPending(record, now) || isUpdating(record, now) ? interimRevisionId : revisionId;
}

/** The function as every operation that returns a single one shows it. */
export function toConfiguration(record: FunctionRecord, context: LambdaContext): JsonObject {
  return { ...toListed(record, context), ...stateOf(record, context.env.clock.now()) };
}

/** As ListFunctions shows it, without its state: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
export function toListed(record: FunctionRecord, { env }: LambdaContext): JsonObject {
  return {
    FunctionName: record.name,
    FunctionArn: record.arn,
    Runtime: record.runtime,
    Role: record.role,
    Handler: record.handler,
    CodeSize: record.codeSize,
    Description: record.description,
    Timeout: record.timeout,
    MemorySize: record.memorySize,
    LastModified: new Date(record.lastModified).toISOString().replace("Z", "+0000"),
    CodeSha256: record.codeSha256,
    Version: "$LATEST",
    ...(Object.keys(record.environment).length > 0 && { Environment: { Variables: { ...record.environment } } }),
    TracingConfig: { Mode: record.tracingMode },
    RevisionId: revisionIdOf(record, env.clock.now()),
    PackageType: "Zip",
    Architectures: [...record.architectures],
    EphemeralStorage: { Size: record.ephemeralStorage },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    LoggingConfig: { LogFormat: "Text", LogGroup: record.logGroup },
  };
}

function stateOf(record: FunctionRecord, now: number): JsonObject {
  if (isPending(record, now)) {
    return { State: "Pending", StateReason: "The function is being created.", StateReasonCode: "Creating" };
  }
  if (!isUpdating(record, now)) return { State: "Active", LastUpdateStatus: "Successful" };
  return {
    State: "Active",
    LastUpdateStatus: "InProgress",
    LastUpdateStatusReason: "The function is being created.",
    LastUpdateStatusReasonCode: "Creating",
  };
}
