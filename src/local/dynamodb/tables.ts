// The operations on tables: dynalite's, with what it lacks (tags at creation, deletion protection) put in front.

import { tagging } from "../further-needs.ts";
import { AwsError } from "../service.ts";
import type { Collection, Json, JsonObject, Operation, Unimplemented } from "../service.ts";
import type { Engine } from "./engine.ts";
import { tableNameOf } from "./request.ts";
import { readTags, TAGS } from "./tags.ts";

/** What dynalite does not keep of a table. */
export interface TableSettings {
  readonly tags: Readonly<Record<string, string>>;
  readonly deletionProtection: boolean;
}

export interface TableContext {
  engine(): Engine;
  readonly settings: Collection<TableSettings>;
  arnOf(tableName: string): string;
}

/** Features that dynalite would silently leave out. */
const NOT_IMPLEMENTED: readonly Unimplemented[] = [
  "StreamSpecification",
  "SSESpecification",
  { member: "TableClass", unless: "STANDARD" },
  "OnDemandThroughput",
  "WarmThroughput",
  "GlobalTableSettingsReplicationMode",
];
const NOT_CREATED: readonly Unimplemented[] = [
  ...NOT_IMPLEMENTED,
  "ResourcePolicy",
  "GlobalTableSourceArn",
  "VectorIndexes",
  "GlobalSecondaryIndexes.OnDemandThroughput",
  "GlobalSecondaryIndexes.WarmThroughput",
];
const NOT_UPDATED: readonly Unimplemented[] = [
  ...NOT_IMPLEMENTED,
  "ReplicaUpdates",
  "MultiRegionConsistency",
  "GlobalTableWitnessUpdates",
  "DisassociationProtectionEnabled",
  "VectorIndexUpdates",
  "GlobalSecondaryIndexUpdates.Create.OnDemandThroughput",
  "GlobalSecondaryIndexUpdates.Create.WarmThroughput",
  "GlobalSecondaryIndexUpdates.Update.OnDemandThroughput",
  "GlobalSecondaryIndexUpdates.Update.WarmThroughput",
];

export function tableOperations(context: TableContext): Record<string, Operation> {
  const { settings } = context;
  const inTurn = createQueue();
  const resource = (input: JsonObject): string => context.arnOf(nameOf(named(input)));
  /** The input with the table's name, where it gives the ARN. */
  const named = (input: JsonObject): JsonObject =>
    nameOf(input) === "" ? input : { ...input, TableName: tableNameOf(nameOf(input), context.arnOf("")) };

  function described(description: Json | undefined): JsonObject {
    const { TableThroughputModeSummary: _, ...table } = toObject(description);
    const deletionProtection = settings.get(nameOf(table))?.deletionProtection ?? false;
    return { ...table, DeletionProtectionEnabled: deletionProtection };
  }

  async function DescribeTable(input: JsonObject): Promise<JsonObject> {
    const { Table } = await context.engine().call("DescribeTable", input);
    return { Table: described(Table) };
  }

  async function CreateTable(input: JsonObject): Promise<JsonObject> {
    const { Tags, DeletionProtectionEnabled, ...rest } = input;
    const name = nameOf(input);
    const tags = readTags(Tags);
    const existing = settings.get(name);
    // First, so that a crash in between leaves a table with its tags: without them it would look like somebody else's.
    if (!existing) settings.set(name, { tags, deletionProtection: DeletionProtectionEnabled === true });
    try {
      const { TableDescription } = await context.engine().call("CreateTable", rest);
      // A record that a crash left behind is not this table's.
      if (existing) settings.set(name, { tags, deletionProtection: DeletionProtectionEnabled === true });
      return { TableDescription: described(TableDescription) };
    } catch (error) {
      if (error instanceof AwsError && error.code === "ResourceInUseException" && error.message === "") {
        throw new AwsError(error.code, error.status, `Table already exists: ${name}`);
      }
      if (!existing) settings.delete(name);
      throw error;
    }
  }

  async function UpdateTable(input: JsonObject): Promise<JsonObject> {
    const { DeletionProtectionEnabled: wanted, ...rest } = input;
    if (typeof wanted !== "boolean") {
      const { TableDescription } = await context.engine().call("UpdateTable", rest);
      return { TableDescription: described(TableDescription) };
    }
    const { Table } = await context.engine().call("DescribeTable", { TableName: nameOf(input) });
    const alone = Object.keys(rest).every((member) => member === "TableName" || member === "AttributeDefinitions");
    const updated = alone ? undefined : await context.engine().call("UpdateTable", rest);
    const tags = settings.get(nameOf(input))?.tags ?? {};
    settings.set(nameOf(input), { tags, deletionProtection: wanted });
    return { TableDescription: { ...described(updated?.["TableDescription"] ?? Table), TableStatus: "UPDATING" } };
  }

  async function DeleteTable(input: JsonObject): Promise<JsonObject> {
    const name = nameOf(input);
    const { Table } = await context.engine().call("DescribeTable", { TableName: name });
    if (toObject(Table)["TableStatus"] === "ACTIVE" && settings.get(name)?.deletionProtection) {
      const message =
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.";
      throw new AwsError("ValidationException", 400, message);
    }
    const { TableDescription } = await context.engine().call("DeleteTable", input);
    const answer = { TableDescription: described(TableDescription) };
    settings.delete(name);
    return answer;
  }

  return {
    CreateTable: {
      input: { Tags: { ...TAGS, required: false } },
      notImplemented: NOT_CREATED,
      resource,
      alsoNeeds: (input) => tagging("dynamodb:TagResource", resource(input), input["Tags"]),
      run: (input) => inTurn(() => CreateTable(named(input))),
    },
    DescribeTable: { input: {}, resource, run: (input) => DescribeTable(named(input)) },
    UpdateTable: {
      input: {},
      notImplemented: NOT_UPDATED,
      resource,
      run: (input) => inTurn(() => UpdateTable(named(input))),
    },
    DeleteTable: { input: {}, resource, run: (input) => inTurn(() => DeleteTable(named(input))) },
  };
}

/** One at a time: two creations of one name must not mix up their tags. */
function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task, task);
    last = result.catch(() => {});
    return result;
  };
}

function nameOf(input: JsonObject): string {
  const name = input["TableName"];
  return typeof name === "string" ? name : "";
}

function toObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
