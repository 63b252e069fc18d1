// CloudWatch Logs: the SDK's own client against the local cloud.

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListLogGroupsCommand,
  ListTagsForResourceCommand,
  ListTagsLogGroupCommand,
  PutLogEventsCommand,
  PutLogGroupDeletionProtectionCommand,
  PutRetentionPolicyCommand,
  TagLogGroupCommand,
  TagResourceCommand,
  UntagLogGroupCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type {
  FilterLogEventsCommandInput,
  GetLogEventsCommandInput,
  ListLogGroupsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

let cloud: TestCloud;
let client: CloudWatchLogsClient;
let passed = 0;
let groups = 0;

beforeAll(async () => {
  cloud = await startTestCloud({ clock: { ...systemClock, now: () => Date.now() + passed } });
  client = new CloudWatchLogsClient(cloud.config);
  // A signature is of the cloud's time, whatever the Date of its last answer says.
  Object.defineProperty(client.config, "systemClockOffset", { get: () => passed, set: () => {} });
});

afterAll(async () => {
  client.destroy();
  await cloud.close();
});

const MISSING_GROUP = {
  name: "ResourceNotFoundException",
  message: "The specified log group does not exist.",
  $metadata: { httpStatusCode: 400 },
};
const MISSING_STREAM = { name: "ResourceNotFoundException", message: "The specified log stream does not exist." };
const INVALID = { name: "InvalidParameterException", $metadata: { httpStatusCode: 400 } };

/** A group of its own for a test, with these streams. */
async function group(...streams: string[]): Promise<string> {
  groups += 1;
  const logGroupName = `/test/${groups}`;
  await client.send(new CreateLogGroupCommand({ logGroupName }));
  for (const logStreamName of streams) await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  return logGroupName;
}

function arnOf(name: string): string {
  return `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;
}

function put(logGroupName: string, logStreamName: string, ...logEvents: { timestamp: number; message: string }[]) {
  return client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

async function get(input: GetLogEventsCommandInput) {
  const answer = await client.send(new GetLogEventsCommand(input));
  return { ...answer, messages: (answer.events ?? []).map(({ message }) => message) };
}

async function filter(input: FilterLogEventsCommandInput) {
  const answer = await client.send(new FilterLogEventsCommand(input));
  return { ...answer, messages: (answer.events ?? []).map(({ message }) => message) };
}

describe("log groups", () => {
  it("are made with tags, described and deleted", async () => {
    const logGroupName = "/aws/lambda/made";
    await client.send(new CreateLogGroupCommand({ logGroupName, tags: { "awsls:stack": "한국" } }));
    const found = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
    expect(found.logGroups).toEqual([
      expect.objectContaining({
        logGroupName,
        arn: `${arnOf(logGroupName)}:*`,
        logGroupArn: arnOf(logGroupName),
        creationTime: expect.any(Number),
        storedBytes: 0,
      }),
    ]);
    expect(found.logGroups?.[0]?.retentionInDays).toBeUndefined();
    const listed = await client.send(new ListTagsForResourceCommand({ resourceArn: arnOf(logGroupName) }));
    expect(listed.tags).toEqual({ "awsls:stack": "한국" });
    await client.send(new DeleteLogGroupCommand({ logGroupName }));
    expect((await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }))).logGroups).toEqual(
      [],
    );
  });

  it("refuse by name what this cloud has not", async () => {
    const create = new CreateLogGroupCommand({ logGroupName: "/kept", kmsKeyId: "arn:aws:kms:us-east-1:0:key/k" });
    await expect(client.send(create)).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: "The local cloud does not implement kmsKeyId of logs CreateLogGroup",
    });
    await client.send(new CreateLogGroupCommand({ logGroupName: "/kept", deletionProtectionEnabled: false }));
    const backwards = filter({ logGroupName: "/kept", startFromHead: false });
    await expect(backwards).rejects.toMatchObject({ name: "UnknownOperationException" });
  });

  it("protected against deletion: refused until the protection is off", async () => {
    const logGroupName = "/protected";
    await client.send(new CreateLogGroupCommand({ logGroupName, deletionProtectionEnabled: true }));
    const isProtected = async (): Promise<boolean | undefined> =>
      (await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }))).logGroups?.[0]
        ?.deletionProtectionEnabled;
    const protect = (logGroupIdentifier: string, deletionProtectionEnabled: boolean): Promise<unknown> =>
      client.send(new PutLogGroupDeletionProtectionCommand({ logGroupIdentifier, deletionProtectionEnabled }));
    expect(await isProtected()).toBe(true);
    await expect(client.send(new DeleteLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: "ValidationException",
      message: "Cannot delete log group with deletion protection enabled. Disable deletion protection first.",
    });
    await protect(arnOf(logGroupName), false);
    expect(await isProtected()).toBe(false);
    await protect(logGroupName, true);
    expect(await isProtected()).toBe(true);
    await protect(logGroupName, false);
    await client.send(new DeleteLogGroupCommand({ logGroupName }));
    await expect(protect(logGroupName, true)).rejects.toMatchObject(MISSING_GROUP);
  });

  it("are empty again when made again", async () => {
    const name = await group("s");
    await put(name, "s", { timestamp: Date.now(), message: "old" });
    await client.send(new DeleteLogGroupCommand({ logGroupName: name }));
    await client.send(new CreateLogGroupCommand({ logGroupName: name }));
    await client.send(new CreateLogStreamCommand({ logGroupName: name, logStreamName: "s" }));
    expect((await filter({ logGroupName: name })).messages).toEqual([]);
  });

  it("exist once", async () => {
    const logGroupName = await group();
    await expect(client.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log group already exists",
    });
  });

  it("are listed by prefix or pattern, page by page", async () => {
    for (const name of ["paged/b", "paged/a", "paged/c"]) {
      await client.send(new CreateLogGroupCommand({ logGroupName: name }));
    }
    const first = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "paged/", limit: 2 }));
    expect(first.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(["paged/a", "paged/b"]);
    const rest = new DescribeLogGroupsCommand({ logGroupNamePrefix: "paged/", limit: 2, nextToken: first.nextToken });
    const second = await client.send(rest);
    expect(second.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(["paged/c"]);
    expect(second.nextToken).toBeUndefined();
    const matched = await client.send(new DescribeLogGroupsCommand({ logGroupNamePattern: "ged/b" }));
    expect(matched.logGroups).toHaveLength(1);
  });

  it.each(["", "with space", "한국", "x".repeat(513), "AWS/mine"])("refuse the name %j", async (logGroupName) => {
    await expect(client.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject(INVALID);
  });

  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogGroups.html
  it("are listed by ListLogGroups, by pattern and class", async () => {
    for (const logGroupName of ["/listed/one", "/listed/two"]) {
      await client.send(new CreateLogGroupCommand({ logGroupName }));
    }
    const listed = async (input: ListLogGroupsCommandInput): Promise<(string | undefined)[]> => {
      const names: (string | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const page = await client.send(new ListLogGroupsCommand({ ...input, limit: 1, nextToken }));
        names.push(...(page.logGroups ?? []).map(({ logGroupName }) => logGroupName));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return names;
    };
    expect(await listed({})).toEqual(expect.arrayContaining(["/listed/one", "/listed/two"]));
    expect(await listed({ logGroupNamePattern: "^/listed/|nowhere" })).toEqual(["/listed/one", "/listed/two"]);
    expect(await listed({ logGroupNamePattern: "^listed" })).toEqual([]);
    expect(await listed({ logGroupNamePattern: "isted/tw" })).toEqual(["/listed/two"]);
    expect(await listed({ logGroupNamePattern: "listed", logGroupClass: "INFREQUENT_ACCESS" })).toEqual([]);
    const { logGroups } = await client.send(new ListLogGroupsCommand({ logGroupNamePattern: "/listed/one" }));
    const [logGroupName, logGroupArn] = ["/listed/one", arnOf("/listed/one")];
    expect(logGroups).toEqual([{ logGroupName, logGroupArn, logGroupClass: "STANDARD" }]);
    await expect(client.send(new ListLogGroupsCommand({ logGroupNamePattern: "a*" }))).rejects.toMatchObject(INVALID);
  });

  it("refuse a page token of somebody else, and a prefix together with a pattern", async () => {
    await expect(client.send(new DescribeLogGroupsCommand({ nextToken: "?" }))).rejects.toMatchObject(INVALID);
    const both = new DescribeLogGroupsCommand({ logGroupNamePrefix: "a", logGroupNamePattern: "b" });
    await expect(client.send(both)).rejects.toMatchObject(INVALID);
  });

  it("are missed by everything that needs one", async () => {
    const logGroupName = "nowhere";
    const logStreamName = "s";
    const logEvents = [{ timestamp: Date.now(), message: "m" }];
    const calls = [
      client.send(new DeleteLogGroupCommand({ logGroupName })),
      client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 })),
      client.send(new DeleteRetentionPolicyCommand({ logGroupName })),
      client.send(new CreateLogStreamCommand({ logGroupName, logStreamName })),
      client.send(new DescribeLogStreamsCommand({ logGroupName })),
      client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents })),
      client.send(new GetLogEventsCommand({ logGroupName, logStreamName })),
      client.send(new FilterLogEventsCommand({ logGroupName })),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject(MISSING_GROUP);
  });
});

describe("retention", () => {
  it("is one of AWS's numbers of days", async () => {
    const logGroupName = await group();
    await expect(
      client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 })),
    ).rejects.toMatchObject(INVALID);
    await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
    const days = async () =>
      (await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }))).logGroups?.[0]
        ?.retentionInDays;
    expect(await days()).toBe(7);
    await client.send(new DeleteRetentionPolicyCommand({ logGroupName }));
    expect(await days()).toBeUndefined();
  });

  it("takes older events", async () => {
    const name = await group("s");
    const now = Date.now();
    await put(name, "s", { timestamp: now - 60_000, message: "older" }, { timestamp: now, message: "newer" });
    await client.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: 1 }));
    passed = DAY_MS - 30_000;
    try {
      expect((await filter({ logGroupName: name })).messages).toEqual(["newer"]);
      expect((await get({ logGroupName: name, logStreamName: "s" })).messages).toEqual(["newer"]);
    } finally {
      passed = 0;
    }
  });
});

describe("tags", () => {
  it("are added, replaced and removed", async () => {
    const resourceArn = arnOf(await group());
    await client.send(new TagResourceCommand({ resourceArn, tags: { a: "1", b: "2" } }));
    await client.send(new TagResourceCommand({ resourceArn, tags: { b: "3" } }));
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a", "never"] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ b: "3" });
  });

  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html and its neighbours
  it("are the same by the group's name", async () => {
    const logGroupName = await group();
    await client.send(new TagLogGroupCommand({ logGroupName, tags: { a: "1", b: "2" } }));
    await client.send(new UntagLogGroupCommand({ logGroupName, tags: ["a"] }));
    expect((await client.send(new ListTagsLogGroupCommand({ logGroupName }))).tags).toEqual({ b: "2" });
    const resourceArn = arnOf(logGroupName);
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ b: "2" });
    await expect(client.send(new ListTagsLogGroupCommand({ logGroupName: "nowhere" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("want the ARN without :*", async () => {
    const resourceArn = `${arnOf(await group())}:*`;
    await expect(client.send(new ListTagsForResourceCommand({ resourceArn }))).rejects.toMatchObject(INVALID);
  });

  it("refuse a group that is not there, a reserved key, and more than 50", async () => {
    await expect(client.send(new ListTagsForResourceCommand({ resourceArn: arnOf("nowhere") }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    const resourceArn = arnOf(await group());
    const reserved = new TagResourceCommand({ resourceArn, tags: { "aws:x": "1" } });
    await expect(client.send(reserved)).rejects.toMatchObject(INVALID);
    const many = (from: number) => Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`k${from + n}`, "v"]));
    await client.send(new TagResourceCommand({ resourceArn, tags: many(0) }));
    await expect(client.send(new TagResourceCommand({ resourceArn, tags: many(30) }))).rejects.toMatchObject({
      name: "TooManyTagsException",
    });
  });
});

describe("log streams", () => {
  it("are listed by name or last event, either way, page by page", async () => {
    const name = await group("a", "b", "c");
    const now = Date.now();
    await put(name, "b", { timestamp: now, message: "late" });
    await put(name, "c", { timestamp: now - 1000, message: "early" }, { timestamp: now - 500, message: "mid" });
    const names = async (input: object) =>
      (await client.send(new DescribeLogStreamsCommand({ logGroupName: name, ...input }))).logStreams?.map(
        ({ logStreamName }) => logStreamName,
      );
    expect(await names({})).toEqual(["a", "b", "c"]);
    expect(await names({ logStreamNamePrefix: "b" })).toEqual(["b"]);
    expect(await names({ orderBy: "LastEventTime", descending: true })).toEqual(["b", "c", "a"]);
    const { logStreams, nextToken } = await client.send(
      new DescribeLogStreamsCommand({ logGroupName: name, limit: 2, descending: true }),
    );
    expect(logStreams?.[0]).toMatchObject({
      logStreamName: "c",
      firstEventTimestamp: now - 1000,
      lastEventTimestamp: now - 500,
      arn: `${arnOf(name)}:log-stream:c`,
    });
    expect(await names({ limit: 2, descending: true, nextToken })).toEqual(["a"]);
    await expect(names({ orderBy: "LastEventTime", logStreamNamePrefix: "b" })).rejects.toMatchObject(INVALID);
  });

  it("take Lambda's names, exist once and can be deleted", async () => {
    const logStreamName = "2026/11/23/[$LATEST]0123456789abcdef";
    const logGroupName = await group(logStreamName);
    await expect(client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log stream already exists",
    });
    await client.send(new DeleteLogStreamCommand({ logGroupName, logStreamName }));
    const again = client.send(new DeleteLogStreamCommand({ logGroupName, logStreamName }));
    await expect(again).rejects.toMatchObject(MISSING_STREAM);
  });

  it("refuse names with a colon", async () => {
    const logGroupName = await group();
    const command = new CreateLogStreamCommand({ logGroupName, logStreamName: "a:b" });
    await expect(client.send(command)).rejects.toMatchObject(INVALID);
  });
});

describe("PutLogEvents", () => {
  it("refuses a batch out of order, over a day long, too large or for no stream", async () => {
    const name = await group("s");
    const now = Date.now();
    const at = (timestamp: number, message = "m") => ({ timestamp, message });
    await expect(put(name, "s", at(now), at(now - 1))).rejects.toMatchObject(INVALID);
    await expect(put(name, "s", at(now - DAY_MS - 1), at(now))).rejects.toMatchObject(INVALID);
    await expect(put(name, "s", at(now, "x".repeat(600_000)), at(now, "x".repeat(600_000)))).rejects.toMatchObject(
      INVALID,
    );
    await expect(put(name, "s")).rejects.toMatchObject(INVALID);
    await expect(put(name, "nowhere", at(now))).rejects.toMatchObject(MISSING_STREAM);
  });

  it("says which events it did not keep", async () => {
    const name = await group("s");
    const now = Date.now();
    const old = await put(name, "s", { timestamp: now - 15 * DAY_MS, message: "old" });
    expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const ahead = await put(
      name,
      "s",
      { timestamp: now, message: "now" },
      { timestamp: now + 3 * 3_600_000, message: "new" },
    );
    expect(ahead.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    expect((await filter({ logGroupName: name })).messages).toEqual(["now"]);
  });
});

describe("GetLogEvents", () => {
  it("walks both ways, and gives the token back at the end", async () => {
    const name = await group("s");
    const stream = { logGroupName: name, logStreamName: "s" };
    const now = Date.now();
    await put(name, "s", ...[1, 2, 3, 4, 5].map((n) => ({ timestamp: now + n, message: `e${n}` })));
    const head = await get({ ...stream, startFromHead: true, limit: 2 });
    expect(head.messages).toEqual(["e1", "e2"]);
    const next = await get({ ...stream, limit: 10, nextToken: head.nextForwardToken });
    expect(next.messages).toEqual(["e3", "e4", "e5"]);
    const end = await get({ ...stream, nextToken: next.nextForwardToken });
    expect(end).toMatchObject({ messages: [], nextForwardToken: next.nextForwardToken });
    await put(name, "s", { timestamp: now + 6, message: "e6" });
    expect((await get({ ...stream, nextToken: end.nextForwardToken })).messages).toEqual(["e6"]);

    const tail = await get({ ...stream, limit: 2 });
    expect(tail.messages).toEqual(["e5", "e6"]);
    expect((await get({ ...stream, limit: 2, nextToken: tail.nextBackwardToken })).messages).toEqual(["e3", "e4"]);
  });

  it("starts at startTime and stops before endTime", async () => {
    const name = await group("s");
    const now = Date.now();
    await put(name, "s", ...[0, 1, 2].map((n) => ({ timestamp: now + n, message: `e${n}` })));
    const part = await get({ logGroupName: name, logStreamName: "s", startTime: now + 1, endTime: now + 2 });
    expect(part.messages).toEqual(["e1"]);
  });

  it("refuses a missing stream and a token that is none", async () => {
    const name = await group("s");
    await expect(get({ logGroupName: name, logStreamName: "nowhere" })).rejects.toMatchObject(MISSING_STREAM);
    await expect(get({ logGroupName: name, logStreamName: "s", nextToken: "x" })).rejects.toMatchObject(INVALID);
  });
});

describe("FilterLogEvents", () => {
  it("interleaves the streams by time, page by page, each event once", async () => {
    const name = await group("a", "b");
    const now = Date.now();
    await put(name, "a", ...[0, 2, 4].map((n) => ({ timestamp: now + n, message: `${n}` })));
    await put(name, "b", ...[1, 3, 4].map((n) => ({ timestamp: now + n, message: `${n}` })));
    const seen: (string | undefined)[] = [];
    const ids = new Set<string | undefined>();
    let nextToken: string | undefined;
    do {
      const page = await filter({ logGroupName: name, limit: 4, ...(nextToken !== undefined && { nextToken }) });
      seen.push(...page.messages);
      for (const { eventId } of page.events ?? []) ids.add(eventId);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(seen).toEqual(["0", "1", "2", "3", "4", "4"]);
    expect(ids.size).toBe(6);
  });

  it("orders what is of one time by when it was ingested, across pages, whatever its stream is called", async () => {
    const name = await group("a", "b");
    const timestamp = Date.now();
    await put(name, "b", { timestamp, message: "first" }, { timestamp, message: "second" });
    passed += 1_000;
    await put(name, "a", { timestamp, message: "third" });
    expect((await filter({ logGroupName: name })).messages).toEqual(["first", "second", "third"]);
    const { messages, nextToken } = await filter({ logGroupName: name, limit: 1 });
    expect(messages).toEqual(["first"]);
    expect((await filter({ logGroupName: name, ...(nextToken === undefined ? {} : { nextToken }) })).messages).toEqual([
      "second",
      "third",
    ]);
  });

  it("ignores what is obsolete", async () => {
    const name = await group("a");
    await put(name, "a", { timestamp: Date.now(), message: "line" });
    expect((await filter({ logGroupName: name, interleaved: false })).messages).toEqual(["line"]);
  });

  it("takes times, streams and an identifier", async () => {
    const name = await group("a", "b/1", "b/2");
    const now = Date.now();
    await put(name, "a", { timestamp: now, message: "a0" }, { timestamp: now + 5, message: "a5" });
    await put(name, "b/1", { timestamp: now + 5, message: "b5" });
    expect((await filter({ logGroupName: name, startTime: now + 1, endTime: now + 5 })).messages).toEqual(["a5", "b5"]);
    expect((await filter({ logGroupName: name, logStreamNames: ["a"] })).messages).toEqual(["a0", "a5"]);
    expect((await filter({ logGroupName: name, logStreamNamePrefix: "b/" })).messages).toEqual(["b5"]);
    expect((await filter({ logGroupIdentifier: arnOf(name), endTime: now })).messages).toEqual(["a0"]);
    await expect(filter({ logGroupName: name, logStreamNames: ["nowhere"] })).rejects.toMatchObject(MISSING_STREAM);
    const both = filter({ logGroupName: name, logStreamNames: ["a"], logStreamNamePrefix: "b" });
    await expect(both).rejects.toMatchObject(INVALID);
    await expect(filter({ nextToken: "x" })).rejects.toMatchObject(INVALID);
  });

  it.each([
    ["", ["ERROR one", "ERROR two", 'say "hi"', "fine"]],
    ["ERROR", ["ERROR one", "ERROR two"]],
    ["ERROR -two", ["ERROR one"]],
    ["?fine ?one", ["ERROR one", "fine"]],
    ['"ERROR two"', ["ERROR two"]],
    ['"say \\"hi\\""', ['say "hi"']],
    ["error", []],
  ])("understands the pattern %j", async (filterPattern, messages) => {
    const name = await group("s");
    const timestamp = Date.now();
    await put(name, "s", ...["ERROR one", "ERROR two", 'say "hi"', "fine"].map((message) => ({ timestamp, message })));
    expect((await filter({ logGroupName: name, filterPattern })).messages).toEqual(messages);
  });

  it("refuses the patterns it does not understand", async () => {
    const name = await group();
    for (const filterPattern of ["{ $.a = 1 }", "[a, b]", "%a+%"]) {
      await expect(filter({ logGroupName: name, filterPattern })).rejects.toMatchObject({
        name: "UnknownOperationException",
        message: expect.stringContaining("filter patterns"),
      });
    }
  });

  it("ends a page at 1 MB", async () => {
    const name = await group("s");
    const timestamp = Date.now();
    const message = "x".repeat(500_000);
    await put(name, "s", { timestamp, message });
    await put(name, "s", { timestamp, message });
    await put(name, "s", { timestamp, message });
    const page = await filter({ logGroupName: name });
    expect(page.messages).toHaveLength(2);
    expect(page.nextToken).toBeDefined();
  });
});
