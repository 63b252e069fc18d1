// One statement of a function's resource policy: who may invoke it, and from where.

import { AddPermissionCommand, GetPolicyCommand, LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { retryWhile, waitUntil } from "../../aws/wait.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import { paceOf, type Resource, type Scope } from "../resource.ts";

export interface PermissionKey {
  readonly functionName: string;
  readonly statementId: string;
  /** The service that it is for. */
  readonly principal: string;
  /** The function is being taken over: others' statements for that service that allow no more than this source are looked at, too. */
  readonly replacing?: string | undefined;
}

export interface PermissionSpec {
  readonly functionName: string;
  readonly statementId: string;
  /** A service: `apigateway.amazonaws.com`, `events.amazonaws.com`. */
  readonly principal: string;
  readonly sourceArn: string;
}

export interface Permission {
  readonly functionName: string;
  /** Undefined when only others' statements are there. */
  readonly statementId: string | undefined;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn: string;
  /** Conditions beside the source: none that we set. */
  readonly conditions: unknown;
  /**
   * What ours makes superfluous: the console writes one a route. Statements for other APIs and services are none of ours, nor
   * is a broader one for this API: its other routes may live by that.
   */
  readonly others: readonly OtherStatement[];
}

export interface OtherStatement {
  readonly statementId: string;
  readonly sourceArn: string;
}

const ACTION = "lambda:InvokeFunction";

export const permission: Resource<PermissionKey, PermissionSpec, Permission> = {
  alreadyExists: ["ResourceConflictException"],
  rights: { itself: ["lambda:AddPermission", "lambda:GetPolicy", "lambda:RemovePermission"] },

  async read(scope, key) {
    const found = await unlessMissing(
      scope.clients.get(LambdaClient).send(new GetPolicyCommand({ FunctionName: key.functionName })),
      "ResourceNotFoundException",
    );
    const statements = statementsOf(found?.Policy);
    const own = statements.find(({ Sid }) => Sid === key.statementId);
    const others = statements.filter((each) => each !== own && isReplaced(each, key));
    if (own === undefined && others.length === 0) return undefined;
    return { live: toPermission(key, own, others), tags: "untaggable" };
  },

  diff(spec, { live }) {
    const others = live.others.map(({ statementId }) => statementId);
    if (live.statementId === undefined) return [{ field: "Sid", from: others, to: spec.statementId }];
    return [
      ...ownChanges(spec, live),
      ...(others.length === 0 ? [] : [{ field: "Sid", from: [live.statementId, ...others], to: spec.statementId }]),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    const isThere = observed?.live.statementId !== undefined;
    const live: Permission = { ...spec, action: ACTION, conditions: undefined, others: [] };
    if (observed === undefined || !isThere || ownChanges(spec, observed.live).length > 0) {
      // A statement cannot be changed, and AWS refuses its id a second time: also for a moment after it was removed.
      if (isThere) await removeAndWait(scope, spec);
      await add(scope, spec, isThere ? isOldStatement : isNewFunction);
      created(live);
    }
    // Afterwards, so that the service can invoke the function all the time.
    await removeOthers(scope, observed?.live);
    return live;
  },

  async remove(scope, live) {
    const { functionName, statementId } = live;
    if (statementId !== undefined) await removeStatement(scope, functionName, statementId);
    await removeOthers(scope, live);
  },
};

async function removeOthers(scope: Scope, live: Permission | undefined): Promise<void> {
  if (live === undefined) return;
  for (const { statementId } of live.others) await removeStatement(scope, live.functionName, statementId);
}

function add(scope: Scope, spec: PermissionSpec, isNotYet: (error: Error) => boolean): Promise<unknown> {
  return write(scope, spec.functionName, isNotYet, () =>
    scope.clients.get(LambdaClient).send(
      new AddPermissionCommand({
        FunctionName: spec.functionName,
        StatementId: spec.statementId,
        Action: ACTION,
        Principal: spec.principal,
        SourceArn: spec.sourceArn,
      }),
    ),
  );
}

async function removeStatement(scope: Scope, functionName: string, statementId: string): Promise<void> {
  const command = new RemovePermissionCommand({ FunctionName: functionName, StatementId: statementId });
  await write(
    scope,
    functionName,
    () => false,
    () => unlessMissing(scope.clients.get(LambdaClient).send(command), "ResourceNotFoundException"),
  );
}

async function removeAndWait(scope: Scope, { functionName, statementId, principal }: PermissionSpec): Promise<void> {
  await removeStatement(scope, functionName, statementId);
  await waitUntil(
    () => permission.read(scope, { functionName, statementId, principal }),
    (seen) => seen === undefined,
    () => "the old statement",
    paceOf(scope, "RemovePermission", (last) => ({ for: "gone", last }), VISIBLE_MS),
  );
}

function ownChanges(spec: PermissionSpec, live: Permission): Change[] {
  return [
    ...changesBetween(
      { Action: ACTION, Principal: spec.principal, SourceArn: spec.sourceArn },
      { Action: live.action, Principal: live.principal, SourceArn: live.sourceArn },
    ),
    // A further one keeps the API from the function.
    ...(live.conditions === undefined ? [] : [{ field: "Condition", from: live.conditions, to: undefined }]),
  ];
}

function isReplaced(statement: Statement, { replacing, principal }: PermissionKey): boolean {
  if (replacing === undefined || principalOf(statement) !== principal) return false;
  return patternOf(replacing).test(conditionsOf(statement).sourceArn);
}

function patternOf(arn: string): RegExp {
  const escaped = arn.replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}

/** Lambda is eventually consistent: what was made or removed a moment ago may not be known everywhere. */
const VISIBLE_MS = 60_000;

/** A function made a moment ago: not found yet, or Pending. */
function isNewFunction(error: Error): boolean {
  return isAwsError(error, "ResourceNotFoundException");
}

/** The statement that was just removed is still seen. */
function isOldStatement(error: Error): boolean {
  return isAwsError(error, "ResourceConflictException");
}

/** Parallel edits of one policy conflict, also with those of others, and so does a function that is Pending. */
function write<T>(
  scope: Scope,
  functionName: string,
  isNotYet: (error: Error) => boolean,
  send: () => Promise<T>,
): Promise<T> {
  const isBusy = (error: Error): boolean =>
    isAwsError(error, "PreconditionFailedException") ||
    (isAwsError(error, "ResourceConflictException") && !/already exists/i.test(error.message)) ||
    isNotYet(error);
  const pace = paceOf(scope, "permission to invoke", (last) => ({ for: "live", last }), VISIBLE_MS);
  return scope.oneAtATime(functionName, () => retryWhile(isBusy, send, pace));
}

interface Statement {
  readonly Sid?: string;
  readonly Action?: string;
  readonly Principal?: string | { readonly Service?: string };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function statementsOf(policy: string | undefined): readonly Statement[] {
  if (policy === undefined) return [];
  const { Statement: statements = [] } = JSON.parse(policy) as { Statement?: readonly Statement[] };
  return statements;
}

function principalOf({ Principal = "" }: Statement): string {
  return typeof Principal === "string" ? Principal : (Principal.Service ?? "");
}

/** The source, and what else is asked for. */
function conditionsOf({ Condition: { ArnLike = {}, ...rest } = {} }: Statement): {
  sourceArn: string;
  others: unknown;
} {
  const { "AWS:SourceArn": upper, "aws:SourceArn": source = upper, ...arns } = ArnLike;
  const others = { ...rest, ...(Object.keys(arns).length === 0 ? {} : { ArnLike: arns }) };
  return {
    sourceArn: typeof source === "string" ? source : "",
    others: Object.keys(others).length === 0 ? undefined : others,
  };
}

function toPermission(
  { functionName }: PermissionKey,
  own: Statement | undefined,
  others: readonly Statement[],
): Permission {
  const { sourceArn, others: conditions } = conditionsOf(own ?? {});
  return {
    functionName,
    statementId: own?.Sid,
    action: own?.Action ?? "",
    principal: principalOf(own ?? {}),
    sourceArn,
    conditions,
    others: others.map((each) => ({ statementId: each.Sid ?? "", sourceArn: conditionsOf(each).sourceArn })),
  };
}
