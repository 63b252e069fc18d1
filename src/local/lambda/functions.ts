// CreateFunction, GetFunction, GetFunctionConfiguration, ListFunctions, DeleteFunction.

import { denialText } from "../authorize.ts";
import { passingRole, tagging } from "../further-needs.ts";
import type { Json, JsonObject, Operation, Principal } from "../service.ts";
import {
  NAMESPACED_NAME,
  functionArn,
  namedArn,
  parseFunctionName,
  QUALIFIER,
  requireFunction,
} from "./function-name.ts";
import { newRevision, toConfiguration, toListed } from "./function-record.ts";
import type { FunctionRecord, LambdaContext } from "./function-record.ts";
import { conflict, invalidParameter, notImplemented } from "./lambda-error.ts";
import { defaultSettings, objectOf, requireRoleId, settingsOf } from "./settings.ts";
import { CREATE_FUNCTION, NOT_CREATED } from "./shapes.ts";
import { tagsOf } from "./tags.ts";

const FUNCTIONS = "/2015-03-31/functions";
const FUNCTION = `${FUNCTIONS}/{FunctionName}`;
/** AWS's page size, whatever more is asked for. */
const PAGE = 50;

export function functionOperations(context: LambdaContext): Record<string, Operation> {
  const { env, records } = context;
  const resource = (input: JsonObject): string => namedArn(env, input);
  return {
    CreateFunction: {
      rest: { method: "POST", path: FUNCTIONS, status: 201 },
      input: CREATE_FUNCTION,
      notImplemented: NOT_CREATED,
      resource,
      alsoNeeds: (input) => [
        ...passingRole(input["Role"], "lambda.amazonaws.com", { associated: resource(input) }),
        ...tagging("lambda:TagResource", resource(input), input["Tags"]),
      ],
      run: (input) => toConfiguration(createFunction(context, input), context),
    },
    GetFunction: {
      rest: { method: "GET", path: FUNCTION, query: { Qualifier: "Qualifier" } },
      input: { FunctionName: NAMESPACED_NAME, Qualifier: QUALIFIER },
      resource,
      run(input, { principal }) {
        const record = requireFunction(context, input);
        const location = context.download.location(record.codeFolder);
        return {
          Configuration: toConfiguration(record, context),
          Code: { RepositoryType: "S3", ...(location !== undefined && { Location: location }) },
          ...tagsFor(principal, record, context),
          ...(record.reservedConcurrency !== undefined && {
            Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency },
          }),
        };
      },
    },
    GetFunctionConfiguration: {
      rest: { method: "GET", path: `${FUNCTION}/configuration`, query: { Qualifier: "Qualifier" } },
      input: { FunctionName: NAMESPACED_NAME, Qualifier: QUALIFIER },
      resource,
      run: (input) => toConfiguration(requireFunction(context, input), context),
    },
    ListFunctions: {
      rest: {
        method: "GET",
        path: FUNCTIONS,
        query: {
          Marker: "Marker",
          MaxItems: "MaxItems",
          FunctionVersion: "FunctionVersion",
          MasterRegion: "MasterRegion",
        },
      },
      input: {
        Marker: { type: "string" },
        MaxItems: { type: "integer", min: 1, max: 10_000 },
        FunctionVersion: { type: "string", values: ["ALL"] },
        MasterRegion: { type: "string" },
      },
      run: (input) => listFunctions(context, input),
    },
    DeleteFunction: {
      rest: { method: "DELETE", path: FUNCTION, status: 204, query: { Qualifier: "Qualifier" } },
      input: { FunctionName: NAMESPACED_NAME, Qualifier: QUALIFIER },
      resource,
      run(input) {
        const record = requireFunction(context, input);
        if (input["Qualifier"] === "$LATEST") {
          throw invalidParameter("$LATEST version cannot be deleted without deleting the function.");
        }
        records.delete(record.name);
        context.changed(record);
        return undefined;
      },
    },
  };
}

/**
 * GetFunction's tags, and why there are none for whoever may not list them.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_TagsError.html
 */
function tagsFor(principal: Principal, { arn, tags }: FunctionRecord, { roles }: LambdaContext): JsonObject {
  const need = { action: "lambda:ListTags", resource: arn };
  const decision = principal.kind === "role" ? roles.decide(principal, need) : "allowed";
  if (decision === "allowed") return Object.keys(tags).length > 0 ? { Tags: { ...tags } } : {};
  return { TagsError: { ErrorCode: "AccessDeniedException", Message: denialText(principal, need, decision) } };
}

function createFunction(context: LambdaContext, input: JsonObject): FunctionRecord {
  const { env, records, code } = context;
  const { name, elsewhere } = parseFunctionName(env, String(input["FunctionName"]));
  if (elsewhere) throw invalidParameter("The function's ARN is of another region or account.");
  if (records.get(name)) throw conflict(`Function already exist: ${name}`);
  const settings = settingsOf(input, defaultSettings(name));
  const role = String(input["Role"]);
  const roleId = requireRoleId(context, role);
  const tags = tagsOf(objectOf(input["Tags"]), {});
  const unpacked = code.add(zipOf(objectOf(input["Code"])));
  const now = env.clock.now();
  const record: FunctionRecord = {
    ...settings,
    name,
    arn: functionArn(env, name),
    role,
    roleId,
    architectures: architecturesOf(input["Architectures"], ["x86_64"]),
    codeSha256: unpacked.sha256,
    codeSize: unpacked.size,
    codeFolder: unpacked.folder,
    ...newRevision(),
    lastModified: now,
    activeAt: now + context.settleMs,
    updatedAt: 0,
    tags,
    statements: [],
  };
  records.set(name, record);
  return record;
}

function listFunctions(context: LambdaContext, input: JsonObject): JsonObject {
  const sorted = [...context.records.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const after = afterOf(input["Marker"]);
  const rest = sorted.filter(({ name }) => name > after);
  const size = Math.min(typeof input["MaxItems"] === "number" ? input["MaxItems"] : PAGE, PAGE);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return {
    Functions: page.map((record) => toListed(record, context)),
    ...(rest.length > size && last && { NextMarker: Buffer.from(`after:${last.name}`).toString("base64url") }),
  };
}

/**
 * The name that the last page ended with; nothing for the first page.
 * @throws {AwsError} `InvalidParameterValueException` for a marker that is none of ours
 */
function afterOf(marker: Json | undefined): string {
  if (typeof marker !== "string" || marker === "") return "";
  const name = /^after:([\w-]+)$/.exec(Buffer.from(marker, "base64url").toString("utf8"))?.[1];
  if (name === undefined) throw invalidParameter("Invalid Marker");
  return name;
}

/**
 * The zip in a `Code` structure, or in UpdateFunctionCode's input.
 * @throws {AwsError} `InvalidParameterValueException` when there is none
 */
export function zipOf(code: JsonObject): Buffer {
  if (code["ImageUri"] !== undefined) throw notImplemented("container images");
  if (code["S3Bucket"] !== undefined || code["S3Key"] !== undefined) throw notImplemented("code from Amazon S3");
  const zip = code["ZipFile"];
  if (typeof zip !== "string") throw invalidParameter("Please provide a source for function code.");
  return Buffer.from(zip, "base64");
}

export function architecturesOf(value: Json | undefined, before: readonly string[]): readonly string[] {
  return Array.isArray(value) ? value.map(String) : before;
}
