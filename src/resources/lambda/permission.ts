// One statement of a function's resource policy: who may invoke it, and from where.

import { AddPermissionCommand, GetPolicyCommand, LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { retryWhile, waitUntil } from "../../aws/wait.ts";
import { changesBetween } from "../../core/change.ts";
import { paceOf, type Resource, type Scope } from "../resource.ts";

export interface PermissionKey {
  readonly functionName: string;
  readonly statementId: string;
}

export interface PermissionSpec extends PermissionKey {
  /** A service: `apigateway.amazonaws.com`. */
  readonly principal: string;
  readonly sourceArn: string;
}

export interface Permission extends PermissionKey {
  readonly action: string;
  readonly principal: string;
  readonly sourceArn: string;
}

const ACTION = "lambda:InvokeFunction";

export const permission: Resource<PermissionKey, PermissionSpec, Permission> = {
  alreadyExists: ["ResourceConflictException"],

  async read(scope, key) {
    const found = await unlessMissing(
      scope.clients.get(LambdaClient).send(new GetPolicyCommand({ FunctionName: key.functionName })),
      "ResourceNotFoundException",
    );
    const statement = statementsOf(found?.Policy).find(({ Sid }) => Sid === key.statementId);
    return statement === undefined ? undefined : { live: toPermission(key, statement), tags: "untaggable" };
  },

  diff(spec, { live }) {
    return changesBetween(
      { Action: ACTION, Principal: spec.principal, SourceArn: spec.sourceArn },
      { Action: live.action, Principal: live.principal, SourceArn: live.sourceArn },
    );
  },

  async reconcile(scope, spec, observed, created) {
    // A statement cannot be changed, and AWS refuses its id a second time: also for a moment after it was removed.
    if (observed !== undefined) {
      await this.remove(scope, observed.live);
      await waitUntil(
        () => this.read(scope, spec),
        (seen) => seen === undefined,
        () => "the old statement",
        paceOf(scope, "RemovePermission", (last) => ({ for: "gone", last }), VISIBLE_MS),
      );
    }
    const isNotYet = observed === undefined ? isNewFunction : isOldStatement;
    await write(scope, spec.functionName, isNotYet, () =>
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
    const live = { ...spec, action: ACTION };
    created(live);
    return live;
  },

  async remove(scope, { functionName, statementId }) {
    await write(
      scope,
      functionName,
      () => false,
      () =>
        unlessMissing(
          scope.clients
            .get(LambdaClient)
            .send(new RemovePermissionCommand({ FunctionName: functionName, StatementId: statementId })),
          "ResourceNotFoundException",
        ),
    );
  },
};

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
  readonly Condition?: { readonly ArnLike?: Readonly<Record<string, string>> };
}

function statementsOf(policy: string | undefined): readonly Statement[] {
  if (policy === undefined) return [];
  const { Statement: statements = [] } = JSON.parse(policy) as { Statement?: readonly Statement[] };
  return statements;
}

function toPermission(key: PermissionKey, { Action = "", Principal = "", Condition }: Statement): Permission {
  return {
    ...key,
    action: Action,
    principal: typeof Principal === "string" ? Principal : (Principal.Service ?? ""),
    sourceArn: Condition?.ArnLike?.["AWS:SourceArn"] ?? Condition?.ArnLike?.["aws:SourceArn"] ?? "",
  };
}
