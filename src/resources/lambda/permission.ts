// One statement of a function's resource policy: who may invoke it, and from where.

import { AddPermissionCommand, GetPolicyCommand, LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { retryWhile } from "../../aws/wait.ts";
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
    // A statement cannot be changed, and AWS refuses its id a second time.
    if (observed !== undefined) await this.remove(scope, observed.live);
    await write(scope, spec.functionName, () =>
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
    await write(scope, functionName, () =>
      unlessMissing(
        scope.clients
          .get(LambdaClient)
          .send(new RemovePermissionCommand({ FunctionName: functionName, StatementId: statementId })),
        "ResourceNotFoundException",
      ),
    );
  },
};

/** Parallel edits of one policy conflict, also with those of others. */
function write<T>(scope: Scope, functionName: string, send: () => Promise<T>): Promise<T> {
  const isBusy = (error: Error): boolean =>
    isAwsError(error, "PreconditionFailedException") ||
    (isAwsError(error, "ResourceConflictException") && /in progress|concurrent|try again/i.test(error.message));
  const pace = paceOf(scope, "permission to invoke", (last) => ({ for: "live", last }));
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
