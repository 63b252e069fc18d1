// AddPermission, RemovePermission, GetPolicy: who but the account itself may invoke a function, and whether a caller may.

import { AwsError } from "../service.ts";
import type { CloudEnvironment, JsonObject, Operation, ServiceCaller, Shape } from "../service.ts";
import { NAMESPACED_NAME, namedArn, parseFunctionName, QUALIFIER, requireFunction } from "./function-name.ts";
import { newRevision, revisionIdOf } from "./function-record.ts";
import type { FunctionRecord, LambdaContext, Statement } from "./function-record.ts";
import { conflict, invalidParameter, notFound, preconditionFailed } from "./lambda-error.ts";

const POLICY = "/2015-03-31/functions/{FunctionName}/policy";
const STATEMENT_ID: Shape = { type: "string", required: true, min: 1, max: 100, pattern: "([a-zA-Z0-9-_]+)" };
const NAMESPACED_STATEMENT_ID: Shape = { ...STATEMENT_ID, pattern: "([a-zA-Z0-9-_.]+)" };
const MAX_POLICY = 20_480;

export function permissionOperations(context: LambdaContext): Record<string, Operation> {
  const resource = (input: JsonObject): string => namedArn(context.env, input);
  return {
    AddPermission: {
      rest: { method: "POST", path: POLICY, status: 201, query: { Qualifier: "Qualifier" } },
      input: {
        FunctionName: NAMESPACED_NAME,
        StatementId: STATEMENT_ID,
        Action: { type: "string", required: true, pattern: "(lambda:[*]|lambda:[a-zA-Z]+|[*])" },
        Principal: { type: "string", required: true, pattern: "[^\\s]+" },
        SourceArn: {
          type: "string",
          pattern:
            "arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)",
        },
        SourceAccount: { type: "string", pattern: "\\d{12}" },
        EventSourceToken: { type: "string", max: 256, pattern: "[a-zA-Z0-9._\\-]+" },
        PrincipalOrgID: { type: "string", min: 12, max: 34, pattern: "o-[a-z0-9]{10,32}" },
        FunctionUrlAuthType: { type: "string", values: ["NONE", "AWS_IAM"] },
        Qualifier: QUALIFIER,
        RevisionId: { type: "string" },
      },
      notImplemented: ["EventSourceToken", "PrincipalOrgID", "FunctionUrlAuthType", "InvokedViaFunctionUrl"],
      resource,
      keys: ({ Principal: principal }) => ({ "lambda:FunctionUrlAuthType": [], "lambda:Principal": String(principal) }),
      run: (input) => addPermission(context, input),
    },
    RemovePermission: {
      rest: {
        method: "DELETE",
        path: `${POLICY}/{StatementId}`,
        status: 204,
        query: { Qualifier: "Qualifier", RevisionId: "RevisionId" },
      },
      input: {
        FunctionName: NAMESPACED_NAME,
        StatementId: NAMESPACED_STATEMENT_ID,
        Qualifier: QUALIFIER,
        RevisionId: { type: "string" },
      },
      resource,
      run(input) {
        const record = requireRevision(context, requireFunction(context, input), input);
        const id = String(input["StatementId"]);
        const kept = record.statements.filter(({ Sid }) => Sid !== id);
        if (kept.length === record.statements.length) {
          throw notFound(`Statement ${id} is not found in resource policy.`);
        }
        save(context, record, kept);
        return undefined;
      },
    },
    GetPolicy: {
      rest: { method: "GET", path: POLICY, query: { Qualifier: "Qualifier" } },
      input: { FunctionName: NAMESPACED_NAME, Qualifier: QUALIFIER },
      resource,
      run(input) {
        const record = requireFunction(context, input);
        if (record.statements.length === 0) throw notFound("The resource you requested does not exist.");
        return { Policy: policyOf(record.statements), RevisionId: revisionIdOf(record, context.env.clock.now()) };
      },
    },
  };
}

function addPermission(context: LambdaContext, input: JsonObject): JsonObject {
  const record = requireRevision(context, requireFunction(context, input), input);
  const id = String(input["StatementId"]);
  if (record.statements.some(({ Sid }) => Sid === id)) {
    throw conflict(
      `The statement id (${id}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const { SourceArn, SourceAccount } = input;
  const statement: Statement = {
    Sid: id,
    Effect: "Allow",
    Principal: principalOf(context.env, String(input["Principal"])),
    Action: String(input["Action"]),
    Resource: record.arn,
    ...((SourceArn !== undefined || SourceAccount !== undefined) && {
      Condition: {
        ...(typeof SourceAccount === "string" && { StringEquals: { "AWS:SourceAccount": SourceAccount } }),
        ...(typeof SourceArn === "string" && { ArnLike: { "AWS:SourceArn": SourceArn } }),
      },
    }),
  };
  const statements = [...record.statements, statement];
  const size = Buffer.byteLength(policyOf(statements));
  if (size > MAX_POLICY) {
    const message = `The final policy size (${size}) is bigger than the limit (${MAX_POLICY}).`;
    throw new AwsError("PolicyLengthExceededException", 400, message, { Type: "User" });
  }
  save(context, record, statements);
  return { Statement: JSON.stringify(statement) };
}

/** The policy's revision is the function's (localstack/localstack#7482, validated on AWS). */
function save(context: LambdaContext, record: FunctionRecord, statements: readonly Statement[]): void {
  context.records.set(record.name, { ...record, statements, ...newRevision() });
}

function requireRevision({ env }: LambdaContext, record: FunctionRecord, input: JsonObject): FunctionRecord {
  const wanted = input["RevisionId"];
  if (wanted === undefined || wanted === revisionIdOf(record, env.clock.now())) return record;
  throw preconditionFailed(
    "The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest Revision Id",
  );
}

function policyOf(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
}

/** As the policy evaluator wants it; undefined for a function that is not there, or has none. */
export function resourcePolicyOf(context: LambdaContext, input: JsonObject): string | undefined {
  const record = context.records.get(parseFunctionName(context.env, String(input["FunctionName"])).name);
  return record === undefined || record.statements.length === 0 ? undefined : policyOf(record.statements);
}

function principalOf(env: CloudEnvironment, principal: string): Statement["Principal"] {
  if (principal === "*") return "*";
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${env.partition}:iam::${principal}:root` };
  if (/^arn:aws[a-z-]*:iam::\d{12}:(root|user\/.+|role\/.+)$/.test(principal)) return { AWS: principal };
  if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return { Service: principal };
  throw invalidParameter("The provided principal was invalid. Please check the principal and try again.");
}

/** Whether the function's policy lets that service invoke it. */
export function permits(record: Pick<FunctionRecord, "statements">, accountId: string, caller: ServiceCaller): boolean {
  return record.statements.some(
    ({ Principal, Action, Condition }) =>
      (Principal === "*" || ("Service" in Principal && Principal.Service === caller.principal)) &&
      ["lambda:InvokeFunction", "lambda:*", "*"].includes(Action) &&
      (Condition?.["StringEquals"]?.["AWS:SourceAccount"] ?? accountId) === accountId &&
      arnLike(Condition?.["ArnLike"]?.["AWS:SourceArn"] ?? caller.sourceArn, caller.sourceArn),
  );
}

/** IAM's ArnLike: the six parts one by one, `*` and `?` within a part; in the last one `*` spans colons and slashes. */
function arnLike(pattern: string, arn: string): boolean {
  const wanted = partsOf(pattern);
  const actual = partsOf(arn);
  return wanted.every((part, index) => globOf(part).test(actual[index] ?? ""));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function globOf(part: string): RegExp {
  const escaped = part.replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
