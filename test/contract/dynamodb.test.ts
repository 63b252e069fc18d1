// DynamoDB: the SDK's own client against the local cloud.

import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  TransactWriteItemsCommand,
  UntagResourceCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import type { CreateTableCommandInput, PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

let cloud: TestCloud;
let client: DynamoDBClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = new DynamoDBClient(cloud.config);
});

afterAll(async () => {
  client.destroy();
  await cloud.close();
});

function arnOf(table: string): string {
  return `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`;
}

async function createTable(TableName: string, more: Partial<CreateTableCommandInput> = {}) {
  const created = await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      ...more,
    }),
  );
  await waitForStatus(TableName, "ACTIVE");
  return created;
}

async function waitForStatus(TableName: string, status: string): Promise<void> {
  await vi.waitFor(async () => expect((await describeTable(TableName))?.TableStatus).toBe(status), { interval: 2 });
}

async function describeTable(TableName: string) {
  return (await client.send(new DescribeTableCommand({ TableName }))).Table;
}

async function tagsOf(table: string): Promise<Record<string, string>> {
  const { Tags = [] } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: arnOf(table) }));
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}

describe("CreateTable and DescribeTable", () => {
  it("makes an on-demand table with its tags, in this region and account", async () => {
    const { TableDescription } = await createTable("made", { Tags: [{ Key: "awsls:stack", Value: "한국" }] });
    expect(TableDescription).toMatchObject({ TableName: "made", TableStatus: "CREATING", TableArn: arnOf("made") });
    expect(await describeTable("made")).toMatchObject({
      TableArn: arnOf("made"),
      TableStatus: "ACTIVE",
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      DeletionProtectionEnabled: false,
      CreationDateTime: expect.any(Date),
    });
    expect(await tagsOf("made")).toEqual({ "awsls:stack": "한국" });
  });

  it("says which table exists already, and leaves its tags as they are", async () => {
    await createTable("twice", { Tags: [{ Key: "first", Value: "1" }] });
    await expect(createTable("twice", { Tags: [{ Key: "second", Value: "2" }] })).rejects.toMatchObject({
      name: "ResourceInUseException",
      message: "Table already exists: twice",
      $metadata: { httpStatusCode: 400 },
    });
    expect(await tagsOf("twice")).toEqual({ first: "1" });
  });

  it("lets exactly one of several at once win", async () => {
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((n) => createTable("raced", { Tags: [{ Key: "n", Value: String(n) }] })),
    );
    const winner = results.findIndex(({ status }) => status === "fulfilled");
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await tagsOf("raced")).toEqual({ n: String(winner + 1) });
  });

  it.each([
    ["a name with a space", { TableName: "a b" }, /pattern|TableName/],
    ["a name of two letters", { TableName: "ab" }, /length|TableName/i],
    ["no key", { KeySchema: [] }, /keySchema|KeySchema/],
    ["a reserved tag", { Tags: [{ Key: "aws:x", Value: "" }] }, /aws:/],
    ["a tag's key of 129 letters", { Tags: [{ Key: "k".repeat(129), Value: "" }] }, /key' failed.*128/],
    ["a tag's value of 257 letters", { Tags: [{ Key: "k", Value: "v".repeat(257) }] }, /value' failed.*256/],
    ["an empty tag key", { Tags: [{ Key: "", Value: "" }] }, /key' failed/],
    ["a tag without a value", { Tags: [{ Key: "k", Value: undefined }] }, /value' failed.*not be null/],
    ["51 tags", { Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: "" })) }, /50 tags/],
  ])("refuses %s", async (_, more: Partial<CreateTableCommandInput>, message) => {
    await expect(createTable("refused", more)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it.each<[string, Partial<CreateTableCommandInput>]>([
    ["StreamSpecification", { StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } }],
    ["TableClass", { TableClass: "STANDARD_INFREQUENT_ACCESS" }],
    ["OnDemandThroughput", { OnDemandThroughput: { MaxReadRequestUnits: 5 } }],
    ["ResourcePolicy", { ResourcePolicy: "{}" }],
    [
      "GlobalSecondaryIndexes.WarmThroughput",
      {
        GlobalSecondaryIndexes: [
          {
            IndexName: "byId",
            KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
            WarmThroughput: { ReadUnitsPerSecond: 1 },
          },
        ],
      },
    ],
  ])("refuses %s by name", async (member, more) => {
    await expect(createTable("refused", more)).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: `The local cloud does not implement ${member} of dynamodb CreateTable`,
    });
  });

  it("takes what says no more than the default", async () => {
    const more = { TableClass: "STANDARD", StreamSpecification: { StreamEnabled: false } } as const;
    expect(
      (await createTable("plain", { ...more, SSESpecification: { Enabled: false } })).TableDescription,
    ).toBeDefined();
    const update = new UpdateTableCommand({ TableName: "plain", TableClass: "STANDARD_INFREQUENT_ACCESS" });
    await expect(client.send(update)).rejects.toMatchObject({ name: "UnknownOperationException" });
  });

  it("does not keep the tags of a table that was refused", async () => {
    await expect(createTable("later", { KeySchema: [], Tags: [{ Key: "a", Value: "b" }] })).rejects.toThrow();
    await createTable("later");
    expect(await tagsOf("later")).toEqual({});
  });

  it("does not know a table that was never made", async () => {
    await expect(describeTable("nowhere")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Requested resource not found: Table: nowhere not found",
    });
  });
});

describe("DeleteTable", () => {
  it("leaves nothing to a table made again under its name with another key", async () => {
    const TableName = "again";
    await createTable(TableName);
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: "1" } } }));
    await client.send(new DeleteTableCommand({ TableName }));
    await vi.waitFor(() =>
      expect(describeTable(TableName)).rejects.toMatchObject({ name: "ResourceNotFoundException" }),
    );
    await createTable(TableName, {
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "N" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    });
    await expect(client.send(new PutItemCommand({ TableName, Item: { id: { S: "1" } } }))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("Missing the key pk") as string,
    });
    await client.send(new PutItemCommand({ TableName, Item: { pk: { N: "1" } } }));
    expect((await client.send(new ScanCommand({ TableName }))).Items).toEqual([{ pk: { N: "1" } }]);
  });

  it("takes the table, its items and its tags", async () => {
    await createTable("gone", { Tags: [{ Key: "a", Value: "b" }] });
    await createTable("gone-too");
    for (const TableName of ["gone", "gone-too"]) {
      await client.send(new PutItemCommand({ TableName, Item: { id: { S: "1" } } }));
    }
    const { TableDescription } = await client.send(new DeleteTableCommand({ TableName: "gone" }));
    expect(TableDescription?.TableStatus).toBe("DELETING");
    await expect
      .poll(() => describeTable("gone").catch((error: Error) => error.name))
      .toBe("ResourceNotFoundException");
    await createTable("gone");
    expect((await client.send(new ScanCommand({ TableName: "gone" }))).Items).toEqual([]);
    expect((await client.send(new ScanCommand({ TableName: "gone-too" }))).Items).toHaveLength(1);
    expect(await tagsOf("gone")).toEqual({});
  });

  it("refuses a protected table until the protection is off", async () => {
    await createTable("kept", { DeletionProtectionEnabled: true, Tags: [{ Key: "a", Value: "b" }] });
    expect((await describeTable("kept"))?.DeletionProtectionEnabled).toBe(true);
    await expect(client.send(new DeleteTableCommand({ TableName: "kept" }))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("protected against deletion"),
    });
    await client.send(new UpdateTableCommand({ TableName: "kept", DeletionProtectionEnabled: false }));
    await waitForStatus("kept", "ACTIVE");
    expect(await tagsOf("kept")).toEqual({ a: "b" });
    await client.send(new DeleteTableCommand({ TableName: "kept" }));
  });

  it("does not know a table that was never made", async () => {
    await expect(client.send(new DeleteTableCommand({ TableName: "nowhere" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Requested resource not found: Table: nowhere not found",
    });
  });
});

describe("UpdateTable", () => {
  it("changes between on-demand and provisioned", async () => {
    await createTable("billed", {
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    });
    await client.send(new UpdateTableCommand({ TableName: "billed", BillingMode: "PAY_PER_REQUEST" }));
    await waitForStatus("billed", "ACTIVE");
    expect((await describeTable("billed"))?.BillingModeSummary?.BillingMode).toBe("PAY_PER_REQUEST");
  });

  it("refuses a change of nothing, and one of a table that is not there", async () => {
    await createTable("unchanged");
    await expect(client.send(new UpdateTableCommand({ TableName: "unchanged" }))).rejects.toMatchObject({
      name: "ValidationException",
    });
    const missing = new UpdateTableCommand({ TableName: "nowhere", DeletionProtectionEnabled: true });
    await expect(client.send(missing)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("TagResource, UntagResource and ListTagsOfResource", () => {
  it("adds, replaces and removes", async () => {
    await createTable("tagged", { Tags: [{ Key: "a", Value: "1" }] });
    const ResourceArn = arnOf("tagged");
    const Tags = [
      { Key: "a", Value: "2" },
      { Key: "b", Value: "" },
    ];
    await client.send(new TagResourceCommand({ ResourceArn, Tags }));
    expect(await tagsOf("tagged")).toEqual({ a: "2", b: "" });
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a", "never"] }));
    expect(await tagsOf("tagged")).toEqual({ b: "" });
  });

  it.each([
    ["a table that is not there", arnOf("nowhere"), "ResourceNotFoundException"],
    ["another region's", arnOf("tagged").replace("us-east-1", "eu-west-1"), "ResourceNotFoundException"],
    ["something else's ARN", "arn:aws:s3:::bucket", "ValidationException"],
  ])("refuses %s", async (_, ResourceArn, name) => {
    const Tags = [{ Key: "a", Value: "1" }];
    await expect(client.send(new ListTagsOfResourceCommand({ ResourceArn }))).rejects.toMatchObject({ name });
    await expect(client.send(new TagResourceCommand({ ResourceArn, Tags }))).rejects.toMatchObject({ name });
    await expect(client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a"] }))).rejects.toMatchObject({
      name,
    });
  });

  it("refuses empty and too many tags", async () => {
    await createTable("full");
    const ResourceArn = arnOf("full");
    await expect(client.send(new TagResourceCommand({ ResourceArn, Tags: [] }))).rejects.toMatchObject({
      name: "ValidationException",
    });
    const Tags = Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: "v" }));
    await expect(client.send(new TagResourceCommand({ ResourceArn, Tags }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});

describe("items", () => {
  const TableName = "items";
  beforeAll(() => createTable(TableName));

  it("puts, gets, updates, queries, scans and deletes", async () => {
    const Item = { id: { S: "가/나?" }, price: { N: "12345678901234567890123456789012345678" }, name: { S: "" } };
    await client.send(new PutItemCommand({ TableName, Item }));
    const Key = { id: Item.id };
    expect((await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item).toEqual(Item);
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: "SET #n = :n",
        ExpressionAttributeNames: { "#n": "name" },
        ExpressionAttributeValues: { ":n": { S: "new" } },
      }),
    );
    const query = new QueryCommand({
      TableName,
      KeyConditionExpression: "id = :id",
      ExpressionAttributeValues: { ":id": Item.id },
    });
    expect((await client.send(query)).Items).toEqual([{ ...Item, name: { S: "new" } }]);
    expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(1);
    await client.send(new DeleteItemCommand({ TableName, Key }));
    expect((await client.send(new GetItemCommand({ TableName, Key }))).Item).toBeUndefined();
  });

  it("writes and reads batches", async () => {
    const items = [{ id: { S: "b1" } }, { id: { S: "b2" } }];
    const RequestItems = { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) };
    await client.send(new BatchWriteItemCommand({ RequestItems }));
    const read = await client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: items } } }));
    expect(read.Responses?.[TableName]).toHaveLength(2);
  });

  it("gives AWS's words for a missing table, a wrong key and a failed condition", async () => {
    const Item = { id: { S: "c" } };
    await expect(client.send(new PutItemCommand({ TableName: "nowhere", Item }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Requested resource not found",
    });
    await expect(client.send(new PutItemCommand({ TableName, Item: { id: { N: "1" } } }))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("Type mismatch for key id expected: S actual: N"),
    });
    await client.send(new PutItemCommand({ TableName, Item }));
    const again = new PutItemCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(id)" });
    await expect(client.send(again)).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  });

  it("takes the table's ARN for its name, and gives it back where the name was", async () => {
    const [byArn, Key] = [arnOf(TableName), { id: { S: "arn:" } }];
    await client.send(new PutItemCommand({ TableName: byArn, Item: Key }));
    expect((await client.send(new GetItemCommand({ TableName: byArn, Key }))).Item).toEqual(Key);
    const read = await client.send(new BatchGetItemCommand({ RequestItems: { [byArn]: { Keys: [Key] } } }));
    expect(read.Responses).toEqual({ [byArn]: [Key] });
    expect((await describeTable(byArn))?.TableName).toBe(TableName);
    const elsewhere = byArn.replace("us-east-1", "eu-west-1");
    await expect(client.send(new GetItemCommand({ TableName: elsewhere, Key }))).rejects.toMatchObject({
      name: "ValidationException",
    });
    await expect(describeTable(elsewhere)).rejects.toMatchObject({ name: "ValidationException" });
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
  it("shows the item that did not meet a condition to whoever asks", async () => {
    const Item = { id: { S: "shown" }, price: { N: "1" } };
    const [table, key] = [{ TableName }, { Key: { id: { S: "shown" } } }];
    await client.send(new PutItemCommand({ ...table, Item }));
    const asks = { ConditionExpression: "price > id", ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
    const failed = { name: "ConditionalCheckFailedException", message: "The conditional request failed", Item };
    const replaced = { id: { S: "shown" }, price: { N: "2" } };
    await expect(client.send(new PutItemCommand({ ...table, Item: replaced, ...asks }))).rejects.toMatchObject(failed);
    await expect(client.send(new DeleteItemCommand({ ...table, ...key, ...asks }))).rejects.toMatchObject(failed);
    const update = { UpdateExpression: "REMOVE price", ...asks };
    await expect(client.send(new UpdateItemCommand({ ...table, ...key, ...update }))).rejects.toMatchObject(failed);
    const byArn = { TableName: arnOf(TableName), ...key, ...asks };
    await expect(client.send(new DeleteItemCommand(byArn))).rejects.toMatchObject(failed);
  });

  it("shows no item where there is none, where nobody asks, and where something else is wrong", async () => {
    const [id, mustExist] = [{ id: { S: "absent" } }, { ConditionExpression: "attribute_exists(id)" }];
    const write = (more: Partial<PutItemCommandInput>): Promise<unknown> =>
      client.send(new PutItemCommand({ TableName, Item: id, ...more })).catch((error: unknown) => error);
    const conditional = { name: "ConditionalCheckFailedException", Item: undefined };
    const asks = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
    expect(await write({ ...mustExist, ...asks })).toMatchObject(conditional);
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: "here" } } }));
    const here = { Item: { id: { S: "here" } }, ConditionExpression: "attribute_not_exists(id)" };
    expect(await write({ ...here, ReturnValuesOnConditionCheckFailure: "NONE" })).toMatchObject(conditional);
    expect(await write({ ...asks, ConditionExpression: "nonsense" })).toMatchObject({ name: "ValidationException" });
    const unknown = "NEW" as "NONE";
    expect(await write({ ReturnValuesOnConditionCheckFailure: unknown })).toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("enum value set: [ALL_OLD, NONE]"),
    });
  });

  it("sends the checksum that some SDKs compare", async () => {
    const command = new ScanCommand({ TableName });
    let checksum: string | undefined;
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        checksum = (result.response as { headers: Record<string, string> }).headers["x-amz-crc32"];
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
    await client.send(command);
    expect(checksum).toMatch(/^\d+$/);
  });
});

describe("JSON null", () => {
  const TableName = "nulls";
  beforeAll(() => createTable(TableName));

  /** A body that no SDK would write, sent and signed by the SDK. */
  function send(command: GetItemCommand, body: string) {
    command.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string; headers: Record<string, string> };
        request.body = body;
        request.headers["content-length"] = String(Buffer.byteLength(body));
        return next(args);
      },
      { step: "build", priority: "low" },
    );
    return client.send(command);
  }
  const get = (body: string) => send(new GetItemCommand({ TableName, Key: {} }), body);
  // The client knows one output for each command; these cases look at refusals only.
  const as = (command: object, body: object) => send(command as GetItemCommand, JSON.stringify(body));

  it("in place of a member is no member", async () => {
    const body = JSON.stringify({ TableName, Key: { id: { S: "null", N: null } }, ProjectionExpression: null });
    expect(await get(body)).toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  it.each<[string, object, object]>([
    ["a key", new GetItemCommand({ TableName, Key: {} }), { TableName, Key: { id: null } }],
    ["a name", new GetItemCommand({ TableName, Key: {} }), { TableName: null, Key: { id: { S: "1" } } }],
    ["a table's keys", new BatchGetItemCommand({ RequestItems: {} }), { RequestItems: { [TableName]: null } }],
    ["a write", new BatchWriteItemCommand({ RequestItems: {} }), { RequestItems: { [TableName]: [null] } }],
    [
      "a condition",
      new PutItemCommand({ TableName, Item: {} }),
      { TableName, Item: { id: { S: "1" } }, Expected: { a: null } },
    ],
    ["a value", new PutItemCommand({ TableName, Item: {} }), { TableName, Item: { id: { S: "1" }, a: null } }],
    [
      "an element",
      new PutItemCommand({ TableName, Item: {} }),
      { TableName, Item: { id: { S: "1" }, a: { L: [null] } } },
    ],
    [
      "a key's schema",
      new CreateTableCommand({ TableName, KeySchema: [], AttributeDefinitions: [] }),
      { TableName: "made", KeySchema: [null] },
    ],
  ])("in place of %s is refused", async (_what, command, body) => {
    await expect(as(command, body)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(/./),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it.each(["null", "[null]"])("as in %s is no request at all", async (body) => {
    await expect(get(body)).rejects.toMatchObject({
      name: "SerializationException",
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe("the rest", () => {
  it("lists tables", async () => {
    await createTable("listed");
    expect((await client.send(new ListTablesCommand({}))).TableNames).toContain("listed");
  });

  it("refuses by name what it does not implement", async () => {
    const command = new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName: "x", Key: {} } }] });
    await expect(client.send(command)).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining("TransactWriteItems"),
      $metadata: { httpStatusCode: 400 },
    });
  });
});
