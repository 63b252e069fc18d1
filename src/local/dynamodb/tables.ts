// The operations on tables: dynalite's, with what it lacks (tags at creation, deletion protection) put in front.

import { AwsError } from "../service.ts";
import type { Collection, Json, JsonObject, Operation } from "../service.ts";
import type { Engine } from "./engine.ts";
import { readTags } from "./tags.ts";

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
const NOT_IMPLEMENTED: Readonly<Record<string, readonly string[]>> = {
  CreateTable: ["StreamSpecification", "ResourcePolicy", "SSESpecification"],
  UpdateTable: ["StreamSpecification", "ReplicaUpdates", "SSESpecification", "TableClass"],
};

export function tableOperations(context: TableContext): Record<string, Operation> {
  const { settings } = context;
  const inTurn = createQueue();
  const resource = (input: JsonObject): string => context.arnOf(nameOf(input));

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
    refuseMissing("CreateTable", input);
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
    refuseMissing("UpdateTable", input);
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
    CreateTable: { input: {}, resource, run: (input) => inTurn(() => CreateTable(input)) },
    DescribeTable: { input: {}, resource, run: DescribeTable },
    UpdateTable: { input: {}, resource, run: (input) => inTurn(() => UpdateTable(input)) },
    DeleteTable: { input: {}, resource, run: (input) => inTurn(() => DeleteTable(input)) },
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

/** Only what would be switched on is missed: `StreamSpecification: {StreamEnabled: false}` is what there is. */
function refuseMissing(operation: string, input: JsonObject): void {
  const missing = NOT_IMPLEMENTED[operation]?.find((member) => {
    const value = input[member];
    if (value === undefined || value === null) return false;
    const enabled = toObject(value);
    return enabled["StreamEnabled"] !== false && enabled["Enabled"] !== false;
  });
  if (missing === undefined) return;
  const message = `The local cloud does not implement ${missing} of dynamodb ${operation}`;
  throw new AwsError("ValidationException", 400, message);
}

/** AWS takes the ARN as well as the name. */
export function nameOf(input: JsonObject): string {
  const name = input["TableName"];
  return typeof name === "string" ? name.replace(/^arn:[^/]*:table\//, "") : "";
}

function toObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
