// The table of the items: one string key `id`, on demand.

import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  type TableDescription,
  TagResourceCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { retryWhile, waitUntil } from "../../aws/wait.ts";
import { changesBetween } from "../../core/change.ts";
import { Problem } from "../../core/problem.ts";
import { type Observed, paceOf, type Resource, type Scope, type Tags } from "../resource.ts";
import { fromTagList, missingTags, tagChanges, toTagList } from "../tags.ts";

export interface TableKey {
  readonly tableName: string;
}

export interface TableSpec extends TableKey {
  readonly tags: Tags;
}

export interface Table {
  readonly tableName: string;
  readonly tableArn: string;
  readonly tableStatus: string;
  readonly billingMode: string;
  /** `id HASH S`, so that it compares as one value. */
  readonly keySchema: string;
  readonly deletionProtection: boolean;
}

const KEY_SCHEMA = "id HASH S";
const PROTECTION = "DeletionProtectionEnabled";
const TAGS_VISIBLE_MS = 2_000;

export const table: Resource<TableKey, TableSpec, Table> = {
  alreadyExists: ["ResourceInUseException", "TableAlreadyExistsException"],
  rights: {
    itself: [
      "dynamodb:CreateTable",
      "dynamodb:DeleteTable",
      "dynamodb:DescribeTable",
      "dynamodb:ListTagsOfResource",
      "dynamodb:TagResource",
      "dynamodb:UpdateTable",
    ],
  },

  async read(scope, { tableName }) {
    const description = await describe(scope, tableName);
    if (description === undefined) return undefined;
    const live = toTable(description);
    const createdAt = description.CreationDateTime?.toISOString();
    return { live, tags: await readTags(scope, live.tableArn), ...(createdAt === undefined ? {} : { createdAt }) };
  },

  diff(spec, observed) {
    const { live } = observed;
    if (live.tableStatus === "DELETING") {
      return [{ field: "TableStatus", from: live.tableStatus, to: "ACTIVE", replace: true }];
    }
    // Of all that can differ, the key is known from the first moment.
    const key = changesBetween({ KeySchema: KEY_SCHEMA }, { KeySchema: live.keySchema });
    if (live.tableStatus === "CREATING")
      return [{ field: "TableStatus", from: live.tableStatus, to: "ACTIVE" }, ...key];
    return [
      ...key,
      ...changesBetween({ BillingMode: "PAY_PER_REQUEST" }, { BillingMode: live.billingMode }),
      ...tagChanges(spec.tags, observed),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    if (observed === undefined) {
      created(await create(scope, spec));
      return waitUntilActive(scope, spec.tableName);
    }
    // While it is being made, AWS takes no tags and does not say how it is billed.
    const live = await waitUntilActive(scope, spec.tableName);
    const tags = await readTagsOfOurs(scope, spec, observed, live);
    return repair(scope, spec, { live, tags });
  },

  protection: {
    field: PROTECTION,
    isOn: ({ deletionProtection }) => deletionProtection,
    async set(scope, { tableName }, isOn) {
      const dynamodb = scope.clients.get(DynamoDBClient);
      const command = new UpdateTableCommand({ TableName: tableName, DeletionProtectionEnabled: isOn });
      // A table that is being made or changed refuses.
      await retryWhile(
        (error) => isAwsError(error, "ResourceInUseException"),
        () => dynamodb.send(command),
        paceOf(scope, "UpdateTable", (last) => ({ for: "active", last })),
      );
      return waitUntilActive(scope, tableName);
    },
  },

  async remove(scope, { tableName, deletionProtection }) {
    if (deletionProtection) throw new Problem("Protected", { resource: "table", name: tableName, field: PROTECTION });
    const dynamodb = scope.clients.get(DynamoDBClient);
    const pace = paceOf(scope, "DeleteTable", (last) => ({ for: "gone", last }));
    // A table that is being made, changed or deleted refuses; the last of these is what we want.
    await retryWhile(
      (error) => isAwsError(error, "ResourceInUseException"),
      async () => {
        if ((await describe(scope, tableName))?.TableStatus === "DELETING") return;
        await unlessMissing(
          dynamodb.send(new DeleteTableCommand({ TableName: tableName })),
          "ResourceNotFoundException",
        );
      },
      pace,
    );
    await waitUntil(
      () => describe(scope, tableName),
      (seen) => seen === undefined,
      (seen) => seen?.TableStatus ?? "",
      pace,
    );
  },
};

async function create(scope: Scope, { tableName, tags }: TableSpec): Promise<Table> {
  const { TableDescription } = await scope.clients.get(DynamoDBClient).send(
    new CreateTableCommand({
      TableName: tableName,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      Tags: toTagList(tags),
    }),
  );
  return toTable(TableDescription ?? {});
}

async function repair(scope: Scope, spec: TableSpec, observed: Observed<Table>): Promise<Table> {
  const dynamodb = scope.clients.get(DynamoDBClient);
  const { tableName, tableArn } = observed.live;
  let { live } = observed;
  if (table.diff(spec, observed).some(({ field }) => field === "BillingMode")) {
    await dynamodb.send(new UpdateTableCommand({ TableName: tableName, BillingMode: "PAY_PER_REQUEST" }));
    live = await waitUntilActive(scope, tableName);
  }
  const tags = missingTags(spec.tags, observed.tags);
  if (Object.keys(tags).length > 0) {
    await dynamodb.send(new TagResourceCommand({ ResourceArn: tableArn, Tags: toTagList(tags) }));
  }
  return live;
}

/** Tags set by CreateTable may be invisible for some seconds: when all of ours are missing, a second look decides. */
async function readTagsOfOurs(
  scope: Scope,
  spec: TableSpec,
  { tags }: Observed<Table>,
  { tableArn }: Table,
): Promise<Observed<Table>["tags"]> {
  const missing = Object.keys(missingTags(spec.tags, tags)).length;
  if (missing < Object.keys(spec.tags).length) return tags;
  await scope.clock.sleep(TAGS_VISIBLE_MS, scope.signal);
  return readTags(scope, tableArn);
}

async function waitUntilActive(scope: Scope, tableName: string): Promise<Table> {
  const description = await waitUntil(
    () => describe(scope, tableName),
    (seen) => seen?.TableStatus === "ACTIVE",
    (seen) => seen?.TableStatus ?? "",
    paceOf(scope, `table ${tableName} ACTIVE`, (last) => ({ for: "active", last })),
  );
  return toTable(description ?? {});
}

/** As it is, without its tags; undefined when it is not there. */
export async function findTable(scope: Scope, tableName: string): Promise<Table | undefined> {
  const description = await describe(scope, tableName);
  return description === undefined ? undefined : toTable(description);
}

async function describe(scope: Scope, tableName: string): Promise<TableDescription | undefined> {
  const call = scope.clients.get(DynamoDBClient).send(new DescribeTableCommand({ TableName: tableName }));
  return (await unlessMissing(call, "ResourceNotFoundException"))?.Table;
}

/** Ten tags a page, eventually consistent for some seconds after a change. */
async function readTags(scope: Scope, tableArn: string): Promise<Tags | "unreadable"> {
  const dynamodb = scope.clients.get(DynamoDBClient);
  try {
    return fromTagList(
      await everyPage(async (NextToken) => {
        const page = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: tableArn, NextToken }));
        return { items: page.Tags, next: page.NextToken };
      }),
    );
  } catch (error) {
    // Gone between the two calls: the next read will say so.
    if (isAwsError(error, "ResourceNotFoundException")) return {};
    if (isAwsError(error, "AccessDeniedException")) return "unreadable";
    throw error;
  }
}

function toTable(description: TableDescription): Table {
  const types = new Map(description.AttributeDefinitions?.map((each) => [each.AttributeName, each.AttributeType]));
  return {
    tableName: description.TableName ?? "",
    tableArn: description.TableArn ?? "",
    tableStatus: description.TableStatus ?? "",
    billingMode: description.BillingModeSummary?.BillingMode ?? "PROVISIONED",
    keySchema: (description.KeySchema ?? [])
      .map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType} ${types.get(AttributeName) ?? "?"}`)
      .join(", "),
    deletionProtection: description.DeletionProtectionEnabled ?? false,
  };
}
