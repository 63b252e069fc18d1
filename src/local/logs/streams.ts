// Log streams: made, listed, deleted.

import { AwsError } from "../service.ts";
import type { JsonObject, Operation, Shape } from "../service.ts";
import { GROUP_IDENTIFIER, GROUP_NAME, STREAM_NAME, TOKEN, groupArn, invalid, pageOf } from "./context.ts";
import { policyResource, requireGroup, requireStream, textOf } from "./context.ts";
import type { LogsContext } from "./context.ts";
import type { Span, Stream } from "./stream-file.ts";

const NAMED: Readonly<Record<string, Shape>> = {
  logGroupName: { ...GROUP_NAME, required: true },
  logStreamName: { ...STREAM_NAME, required: true },
};

export function streamOperations(context: LogsContext): Record<string, Operation> {
  const { env, store } = context;
  const resource = (input: JsonObject): string => policyResource(env, input);

  async function CreateLogStream(input: JsonObject): Promise<undefined> {
    const { name } = requireGroup(context, input);
    const stream = String(input["logStreamName"]);
    if (store.streams(name).has(stream)) {
      throw new AwsError("ResourceAlreadyExistsException", 400, "The specified log stream already exists");
    }
    store.addStream(name, stream);
    await store.flush();
  }

  async function DeleteLogStream(input: JsonObject): Promise<undefined> {
    const { name } = requireGroup(context, input);
    await store.deleteStream(name, requireStream(context, name, String(input["logStreamName"])).name);
  }

  async function DescribeLogStreams(input: JsonObject): Promise<JsonObject> {
    const { name } = requireGroup(context, input);
    const prefix = textOf(input, "logStreamNamePrefix");
    const byTime = textOf(input, "orderBy") === "LastEventTime";
    if (byTime && prefix !== undefined) {
      throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
    }
    const streams = [...store.streams(name).values()].filter((stream) => stream.name.startsWith(prefix ?? ""));
    const known = await Promise.all(
      streams.map(async (stream) => ({ stream, span: await store.spanOf(name, stream) })),
    );
    const byName = (a: Stream, b: Stream): number => (a.name < b.name ? -1 : 1);
    known.sort((a, b) => (byTime ? (a.span.last ?? 0) - (b.span.last ?? 0) : 0) || byName(a.stream, b.stream));
    if (input["descending"] === true) known.reverse();
    const { page, nextToken } = pageOf(known, input, 50);
    return {
      logStreams: page.map(({ stream, span }) => describe(name, stream, span)),
      ...(nextToken !== undefined && { nextToken }),
    };
  }

  function describe(group: string, stream: Stream, span: Span): JsonObject {
    return {
      logStreamName: stream.name,
      creationTime: stream.creationTime,
      ...(span.first !== undefined && { firstEventTimestamp: span.first }),
      ...(span.last !== undefined && { lastEventTimestamp: span.last }),
      ...(span.lastIngestion !== undefined && { lastIngestionTime: span.lastIngestion }),
      arn: `${groupArn(env, group)}:log-stream:${stream.name}`,
      storedBytes: 0,
    };
  }

  const listed: Readonly<Record<string, Shape>> = {
    logGroupName: GROUP_NAME,
    logGroupIdentifier: GROUP_IDENTIFIER,
    logStreamNamePrefix: STREAM_NAME,
    orderBy: { type: "string", values: ["LogStreamName", "LastEventTime"] },
    descending: { type: "boolean" },
    limit: { type: "integer", min: 1, max: 50 },
    nextToken: TOKEN,
  };
  return {
    CreateLogStream: { input: NAMED, resource, run: CreateLogStream },
    DeleteLogStream: { input: NAMED, resource, run: DeleteLogStream },
    DescribeLogStreams: { input: listed, resource, run: DescribeLogStreams },
  };
}
