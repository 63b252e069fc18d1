// A function's log group, made before the function so that it has a retention and goes with the stack.

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  type LogGroup as LogGroupDescription,
  PutLogGroupDeletionProtectionCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { retryWhile } from "../../aws/wait.ts";
import { changesBetween } from "../../core/change.ts";
import { Problem } from "../../core/problem.ts";
import { paceOf, type Resource, type Scope, type Tags } from "../resource.ts";
import { missingTags, tagChanges } from "../tags.ts";

export interface LogGroupKey {
  readonly logGroupName: string;
}

export interface LogGroupSpec extends LogGroupKey {
  readonly retentionInDays: number;
  readonly tags: Tags;
}

export interface LogGroup {
  readonly logGroupName: string;
  /** Without the `:*` that DescribeLogGroups adds: tag calls want it bare. */
  readonly logGroupArn: string;
  readonly retentionInDays?: number;
  readonly isProtected: boolean;
}

const BUSY_MS = 60_000;
const PROTECTION = "deletionProtectionEnabled";

export const logGroup: Resource<LogGroupKey, LogGroupSpec, LogGroup> = {
  alreadyExists: ["ResourceAlreadyExistsException"],
  rights: {
    itself: [
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:ListTagsForResource",
      "logs:PutLogGroupDeletionProtection",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
    ],
    everywhere: ["logs:DescribeLogGroups"],
  },

  async read(scope, { logGroupName }) {
    const found = await find(scope, logGroupName);
    if (found === undefined) return undefined;
    const live = toLogGroup(scope, found);
    const tags = await readTags(scope, live.logGroupArn);
    return found.creationTime === undefined
      ? { live, tags }
      : { live, tags, createdAt: new Date(found.creationTime).toISOString() };
  },

  diff(spec, observed) {
    return [
      ...changesBetween({ retentionInDays: spec.retentionInDays }, { retentionInDays: observed.live.retentionInDays }),
      ...tagChanges(spec.tags, observed),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    const logs = scope.clients.get(CloudWatchLogsClient);
    const { logGroupName, retentionInDays } = spec;
    const live = observed?.live ?? toLogGroup(scope, { logGroupName });
    if (observed === undefined) {
      await write(scope, () => logs.send(new CreateLogGroupCommand({ logGroupName, tags: spec.tags })));
      created(live);
    }
    if (live.retentionInDays !== retentionInDays) {
      await write(scope, () => logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays })));
    }
    const tags = observed === undefined ? {} : missingTags(spec.tags, observed.tags);
    if (Object.keys(tags).length > 0) {
      await write(scope, () => logs.send(new TagResourceCommand({ resourceArn: live.logGroupArn, tags })));
    }
    return { ...live, retentionInDays };
  },

  protection: {
    field: PROTECTION,
    isOn: ({ isProtected }) => isProtected,
    async set(scope, live, isOn) {
      const command = new PutLogGroupDeletionProtectionCommand({
        logGroupIdentifier: live.logGroupName,
        deletionProtectionEnabled: isOn,
      });
      await write(scope, () => scope.clients.get(CloudWatchLogsClient).send(command));
      return { ...live, isProtected: isOn };
    },
  },

  async remove(scope, { logGroupName, isProtected }) {
    if (isProtected) throw new Problem("Protected", { resource: "logGroup", name: logGroupName, field: PROTECTION });
    const logs = scope.clients.get(CloudWatchLogsClient);
    await write(scope, () =>
      unlessMissing(logs.send(new DeleteLogGroupCommand({ logGroupName })), "ResourceNotFoundException"),
    );
  },
};

/** Parallel edits of one group, Lambda's own included, get OperationAbortedException. */
function write<T>(scope: Scope, send: () => Promise<T>): Promise<T> {
  return retryWhile(
    (error) => isAwsError(error, "OperationAbortedException"),
    send,
    paceOf(scope, "log group", (last) => ({ for: "live", last }), BUSY_MS),
  );
}

/** DescribeLogGroups searches by prefix, so only the whole name counts. */
async function find(scope: Scope, logGroupName: string): Promise<LogGroupDescription | undefined> {
  const logs = scope.clients.get(CloudWatchLogsClient);
  const groups = await everyPage(async (nextToken) => {
    const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName, nextToken }));
    return { items: page.logGroups, next: page.nextToken };
  });
  return groups.find((group) => group.logGroupName === logGroupName);
}

async function readTags(scope: Scope, resourceArn: string): Promise<Tags | "unreadable"> {
  try {
    const { tags = {} } = await scope.clients
      .get(CloudWatchLogsClient)
      .send(new ListTagsForResourceCommand({ resourceArn }));
    return tags;
  } catch (error) {
    if (isAwsError(error, "ResourceNotFoundException")) return {};
    if (isAwsError(error, "AccessDeniedException")) return "unreadable";
    throw error;
  }
}

function toLogGroup({ place }: Scope, description: LogGroupDescription): LogGroup {
  const { logGroupName = "", retentionInDays, deletionProtectionEnabled: isProtected = false } = description;
  const logGroupArn = `arn:${place.partition}:logs:${place.region}:${place.account}:log-group:${logGroupName}`;
  return { logGroupName, logGroupArn, isProtected, ...(retentionInDays === undefined ? {} : { retentionInDays }) };
}
