// UpdateFunctionCode and UpdateFunctionConfiguration: one at a time, and not while the function is being made.

import { passingRole } from "../further-needs.ts";
import type { JsonObject, Operation } from "../service.ts";
import { namedArn, requireFunction } from "./function-name.ts";
import { isPending, isUpdating, revised, toConfiguration } from "./function-record.ts";
import type { FunctionRecord, LambdaContext } from "./function-record.ts";
import { codeSha256 } from "./code-store.ts";
import { architecturesOf, zipOf } from "./functions.ts";
import { conflict, notImplemented, preconditionFailed } from "./lambda-error.ts";
import { requireRoleId, settingsOf, textOf } from "./settings.ts";
import {
  NOT_UPDATED_CODE,
  NOT_UPDATED_CONFIGURATION,
  UPDATE_FUNCTION_CODE,
  UPDATE_FUNCTION_CONFIGURATION,
} from "./shapes.ts";

const FUNCTION = "/2015-03-31/functions/{FunctionName}";

export function updateOperations(context: LambdaContext): Record<string, Operation> {
  const resource = (input: JsonObject): string => namedArn(context.env, input);
  return {
    UpdateFunctionCode: {
      rest: { method: "PUT", path: `${FUNCTION}/code` },
      input: UPDATE_FUNCTION_CODE,
      notImplemented: NOT_UPDATED_CODE,
      resource,
      run: (input) => toConfiguration(updateFunctionCode(context, input), context),
    },
    UpdateFunctionConfiguration: {
      rest: { method: "PUT", path: `${FUNCTION}/configuration` },
      input: UPDATE_FUNCTION_CONFIGURATION,
      notImplemented: NOT_UPDATED_CONFIGURATION,
      resource,
      alsoNeeds: (input) => passingRole(input["Role"], "lambda.amazonaws.com", { associated: resource(input) }),
      run: (input) => toConfiguration(updateFunctionConfiguration(context, input), context),
    },
  };
}

function updateFunctionCode(context: LambdaContext, input: JsonObject): FunctionRecord {
  const record = requireChangeable(context, input);
  if (input["Publish"] === true) throw notImplemented("versions (Publish)");
  const zip = zipOf(input);
  const architectures = architecturesOf(input["Architectures"], record.architectures);
  if (input["DryRun"] === true) return { ...record, architectures, codeSha256: codeSha256(zip), codeSize: zip.length };
  const code = context.code.add(zip);
  return save(context, record, {
    architectures,
    codeSha256: code.sha256,
    codeSize: code.size,
    codeFolder: code.folder,
  });
}

function updateFunctionConfiguration(context: LambdaContext, input: JsonObject): FunctionRecord {
  const record = requireChangeable(context, input);
  const role = textOf(input["Role"]) ?? record.role;
  const settings = settingsOf(input, record);
  // Only another role renews the grant: naming the same one again does not help a function whose role was made again.
  const roleId = role === record.role ? record.roleId : requireRoleId(context, role);
  return save(context, record, { ...settings, role, roleId });
}

function save(context: LambdaContext, record: FunctionRecord, change: Partial<FunctionRecord>): FunctionRecord {
  const now = context.env.clock.now();
  const next = revised(record, { ...change, updatedAt: now + context.settleMs }, now);
  context.records.set(record.name, next);
  context.changed(record);
  return next;
}

/**
 * The function, if it may be changed now.
 * @throws {AwsError} `ResourceConflictException` while it is being made or changed, `PreconditionFailedException` for an
 *   older `RevisionId`
 */
function requireChangeable(context: LambdaContext, input: JsonObject): FunctionRecord {
  const record = requireFunction(context, input);
  const now = context.env.clock.now();
  const notNow = "The operation cannot be performed at this time.";
  if (isPending(record, now)) throw conflict(`${notNow} The function is currently in the following state: Pending`);
  if (isUpdating(record, now)) throw conflict(`${notNow} An update is in progress for resource: ${record.arn}`);
  const wanted = input["RevisionId"];
  if (wanted !== undefined && wanted !== record.revisionId) {
    throw preconditionFailed(
      "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    );
  }
  return record;
}
