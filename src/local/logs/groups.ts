// Log groups: their life and retention.

import { tagging } from "../further-needs.ts";
import { AwsError } from "../service.ts";
import type { JsonObject, Operation, Shape } from "../service.ts";
import {
  GROUP_IDENTIFIER,
  GROUP_NAME,
  TOKEN,
  groupArn,
  invalid,
  pageOf,
  policyResource,
  requireGroup,
  textOf,
} from "./context.ts";
import type { LogsContext } from "./context.ts";
import { readTags, TAGS } from "./group-tags.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const REQUIRED_NAME: Shape = { ...GROUP_NAME, required: true };
const CLASSES = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"];

export function groupOperations(context: LogsContext): Record<string, Operation> {
  const { env, store } = context;
  const resource = (input: JsonObject): string => policyResource(env, input);

  function CreateLogGroup(input: JsonObject): undefined {
    const name = String(input["logGroupName"]);
    if (/^aws\//i.test(name)) throw invalid("Log groups starting with AWS/ are reserved for AWS.");
    if (store.groups.get(name)) {
      throw new AwsError("ResourceAlreadyExistsException", 400, "The specified log group already exists");
    }
    store.addGroup(name, {
      tags: readTags(input["tags"]),
      logGroupClass: textOf(input, "logGroupClass") ?? "STANDARD",
      deletionProtection: input["deletionProtectionEnabled"] === true,
    });
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/protecting-log-groups-from-deletion.html */
  async function DeleteLogGroup(input: JsonObject): Promise<undefined> {
    const { name, group } = requireGroup(context, input);
    if (group.deletionProtection === true) {
      const message = "Cannot delete log group with deletion protection enabled. Disable deletion protection first.";
      throw new AwsError("ValidationException", 400, message);
    }
    await store.deleteGroup(name);
  }

  function PutLogGroupDeletionProtection(input: JsonObject): undefined {
    const { name, group } = requireGroup(context, input);
    store.groups.set(name, { ...group, deletionProtection: input["deletionProtectionEnabled"] === true });
  }

  function DescribeLogGroups(input: JsonObject): JsonObject {
    const prefix = textOf(input, "logGroupNamePrefix");
    const pattern = textOf(input, "logGroupNamePattern");
    if (prefix !== undefined && pattern !== undefined) {
      throw invalid("logGroupNamePrefix and logGroupNamePattern are mutually exclusive.");
    }
    const names = [...store.groups.entries()]
      .map(([name]) => name)
      .filter((name) => name.startsWith(prefix ?? "") && name.includes(pattern ?? ""))
      .toSorted();
    const { page, nextToken } = pageOf(names, input, 50);
    return { logGroups: page.map(describe), ...(nextToken !== undefined && { nextToken }) };
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogGroups.html */
  function ListLogGroups(input: JsonObject): JsonObject {
    const pattern = textOf(input, "logGroupNamePattern");
    const matches = pattern === undefined ? /^/ : new RegExp(pattern);
    const wanted = textOf(input, "logGroupClass");
    const summaries = [...store.groups.entries()]
      .filter(([name, { logGroupClass }]) => matches.test(name) && (wanted ?? logGroupClass) === logGroupClass)
      .map(([name, { logGroupClass }]) => ({ logGroupName: name, logGroupArn: groupArn(env, name), logGroupClass }))
      .toSorted((a, b) => (a.logGroupName < b.logGroupName ? -1 : 1));
    const { page, nextToken } = pageOf(summaries, input, 50);
    return { logGroups: [...page], ...(nextToken !== undefined && { nextToken }) };
  }

  function describe(name: string): JsonObject {
    const group = store.groups.get(name);
    return {
      logGroupName: name,
      creationTime: group?.creationTime,
      ...(group?.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
      metricFilterCount: 0,
      arn: `${groupArn(env, name)}:*`,
      logGroupArn: groupArn(env, name),
      storedBytes: 0,
      logGroupClass: group?.logGroupClass,
      deletionProtectionEnabled: group?.deletionProtection ?? false,
    };
  }

  function PutRetentionPolicy(input: JsonObject): undefined {
    const { name, group } = requireGroup(context, input);
    const retentionInDays = Number(input["retentionInDays"]);
    if (!RETENTION_DAYS.includes(retentionInDays)) {
      throw invalid(
        `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: ` +
          `Member must satisfy enum value set: [${RETENTION_DAYS.join(", ")}]`,
      );
    }
    store.groups.set(name, { ...group, retentionInDays });
  }

  function DeleteRetentionPolicy(input: JsonObject): undefined {
    const { name, group } = requireGroup(context, input);
    const { retentionInDays: _, ...rest } = group;
    store.groups.set(name, rest);
  }

  const listed: Readonly<Record<string, Shape>> = {
    logGroupNamePrefix: GROUP_NAME,
    logGroupNamePattern: { ...GROUP_NAME, pattern: "[\\.\\-_/#A-Za-z0-9]*", min: 0 },
    limit: { type: "integer", min: 1, max: 50 },
    nextToken: TOKEN,
  };
  const retention: Shape = { type: "integer", required: true };
  return {
    CreateLogGroup: {
      input: {
        logGroupName: REQUIRED_NAME,
        tags: TAGS,
        logGroupClass: { type: "string", values: CLASSES },
        deletionProtectionEnabled: { type: "boolean" },
      },
      notImplemented: ["kmsKeyId"],
      resource,
      // One of the two will do: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
      alsoNeeds: (input) =>
        tagging("logs:TagResource", groupArn(env, String(input["logGroupName"])), input["tags"]).map((need) => ({
          ...need,
          or: { action: "logs:TagLogGroup", resource: resource(input) },
        })),
      run: CreateLogGroup,
    },
    DeleteLogGroup: { input: { logGroupName: REQUIRED_NAME }, resource, run: DeleteLogGroup },
    PutLogGroupDeletionProtection: {
      input: {
        logGroupIdentifier: { ...GROUP_IDENTIFIER, required: true },
        deletionProtectionEnabled: { type: "boolean", required: true },
      },
      resource,
      run: PutLogGroupDeletionProtection,
    },
    DescribeLogGroups: {
      input: listed,
      notImplemented: ["accountIdentifiers", "includeLinkedAccounts", "logGroupClass", "logGroupIdentifiers"],
      resource,
      run: DescribeLogGroups,
    },
    ListLogGroups: {
      input: {
        logGroupNamePattern: {
          type: "string",
          min: 3,
          max: 129,
          pattern: "(\\^?[\\.\\-_/#A-Za-z0-9]{3,24})(\\|\\^?[\\.\\-_/#A-Za-z0-9]{3,24}){0,4}",
        },
        logGroupClass: { type: "string", values: CLASSES },
        limit: { type: "integer", min: 1, max: 1000 },
        nextToken: TOKEN,
      },
      notImplemented: ["includeLinkedAccounts", "accountIdentifiers", "dataSources", "fieldIndexNames", "logGroupTags"],
      run: ListLogGroups,
    },
    PutRetentionPolicy: {
      input: { logGroupName: REQUIRED_NAME, retentionInDays: retention },
      resource,
      run: PutRetentionPolicy,
    },
    DeleteRetentionPolicy: { input: { logGroupName: REQUIRED_NAME }, resource, run: DeleteRetentionPolicy },
  };
}
