// Log events: written, and read back by stream or across a group's streams.

import { createHash } from "node:crypto";
import type { JsonObject, Operation, Shape } from "../service.ts";
import { GROUP_IDENTIFIER, GROUP_NAME, STREAM_NAME, TIME, TOKEN, fromToken, invalid } from "./context.ts";
import { numberOf, policyResource, requireGroup, requireStream, textOf, toToken } from "./context.ts";
import type { LogsContext } from "./context.ts";
import { parseFilterPattern } from "./filter-pattern.ts";
import type { LogEvent, Stream } from "./stream-file.ts";
import { putLogEvents, putLogEventsInput } from "./put-events.ts";

/** A page ends at 1 MB or 10,000 events, whichever comes first. */
const MAX_PAGE_BYTES = 1024 * 1024;
const MAX_PAGE_EVENTS = 10_000;
const LIMIT: Shape = { type: "integer", min: 1, max: MAX_PAGE_EVENTS };

/** An event's place among those of all its group's streams. */
interface Placed {
  readonly stream: Stream;
  readonly event: LogEvent;
}

export function eventOperations(context: LogsContext): Record<string, Operation> {
  const { env, store } = context;
  const resource = (input: JsonObject): string => policyResource(env, input);

  async function GetLogEvents(input: JsonObject): Promise<JsonObject> {
    const { name } = requireGroup(context, input);
    const stream = requireStream(context, name, String(input["logStreamName"]));
    const start = numberOf(input, "startTime") ?? 0;
    const end = numberOf(input, "endTime") ?? Infinity;
    const events = (await store.read(name, stream)).filter(({ timestamp }) => timestamp >= start && timestamp < end);
    const token = textOf(input, "nextToken");
    const from = token === undefined ? undefined : parseDirection(token);
    const forward = from ? from.forward : input["startFromHead"] === true;
    const ahead = from
      ? events.filter((event) => (forward ? placeOf(event) > from.place : placeOf(event) < from.place))
      : events;
    const page = takePage(ahead, numberOf(input, "limit"), forward);
    const first = page.at(0);
    const last = page.at(-1);
    // At either end the caller gets back the token it came with: that is how it knows.
    const rest = from?.place ?? "0".repeat(PLACE_DIGITS);
    return {
      events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
      nextForwardToken: `f/${last ? placeOf(last) : rest}/s`,
      nextBackwardToken: `b/${first ? placeOf(first) : rest}/s`,
    };
  }

  async function FilterLogEvents(input: JsonObject): Promise<JsonObject> {
    const { name } = requireGroup(context, input);
    const start = numberOf(input, "startTime") ?? 0;
    // Unlike GetLogEvents, an event at endTime itself is in.
    const end = numberOf(input, "endTime") ?? Infinity;
    const matches = parseFilterPattern(textOf(input, "filterPattern") ?? "");
    const token = textOf(input, "nextToken");
    const after = token === undefined ? undefined : parsePlace(token);
    const found: Placed[] = [];
    for (const stream of streamsOf(name, input)) {
      if (stream.span?.last !== undefined && stream.span.last < start) continue;
      for (const event of await store.read(name, stream)) {
        if (event.timestamp < start || event.timestamp > end || !matches(event.message)) continue;
        found.push({ stream, event });
      }
    }
    found.sort(compare);
    const ahead = after ? found.filter((placed) => compare(placed, after) > 0) : found;
    const page = takePage(
      ahead.map((placed) => ({ ...placed, message: placed.event.message })),
      numberOf(input, "limit"),
      true,
    );
    const last = page.at(-1);
    return {
      events: page.map(({ stream, event }) => ({
        logStreamName: stream.name,
        timestamp: event.timestamp,
        message: event.message,
        ingestionTime: event.ingestionTime,
        eventId: eventIdOf(stream, event),
      })),
      searchedLogStreams: [],
      ...(last && page.length < ahead.length && { nextToken: tokenOf(last) }),
    };
  }

  function streamsOf(group: string, input: JsonObject): Stream[] {
    const names = input["logStreamNames"];
    const prefix = textOf(input, "logStreamNamePrefix");
    if (Array.isArray(names) && prefix !== undefined) {
      throw invalid("logStreamNames and logStreamNamePrefix are mutually exclusive.");
    }
    if (Array.isArray(names)) return names.map((name) => requireStream(context, group, String(name)));
    return [...store.streams(group).values()].filter(({ name }) => name.startsWith(prefix ?? ""));
  }

  const group = { logGroupName: GROUP_NAME, logGroupIdentifier: GROUP_IDENTIFIER };
  const times = { startTime: TIME, endTime: TIME, limit: LIMIT, nextToken: TOKEN };
  return {
    PutLogEvents: { input: putLogEventsInput, resource, run: (input) => putLogEvents(context, input) },
    GetLogEvents: {
      input: {
        ...group,
        ...times,
        logStreamName: { ...STREAM_NAME, required: true },
        startFromHead: { type: "boolean" },
      },
      resource,
      run: GetLogEvents,
    },
    FilterLogEvents: {
      input: {
        ...group,
        ...times,
        logStreamNames: { type: "list", min: 1, max: 100, of: STREAM_NAME },
        logStreamNamePrefix: STREAM_NAME,
        filterPattern: { type: "string", max: 1024 },
      },
      notImplemented: [{ member: "startFromHead", unless: true }],
      resource,
      run: FilterLogEvents,
    },
  };
}

/** The first events, or the last ones when going backwards, that fit one page; in the order they came. */
function takePage<T extends { readonly message: string }>(
  events: readonly T[],
  limit: number | undefined,
  forward: boolean,
): readonly T[] {
  const most = Math.min(limit ?? MAX_PAGE_EVENTS, events.length);
  let bytes = 0;
  for (let count = 0; count < most; count += 1) {
    bytes += Buffer.byteLength(events.at(forward ? count : -1 - count)?.message ?? "");
    if (bytes > MAX_PAGE_BYTES && count > 0) return forward ? events.slice(0, count) : events.slice(-count);
  }
  return forward ? events.slice(0, most) : events.slice(events.length - most);
}

const PLACE_DIGITS = 56;

/** Time, then place in the file, so that places compare as text. */
function placeOf({ timestamp, sequence }: LogEvent): string {
  return `${String(timestamp).padStart(16, "0")}${String(sequence).padStart(PLACE_DIGITS - 16, "0")}`;
}

function parseDirection(token: string): { forward: boolean; place: string } {
  const [, direction, place] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  if (place === undefined) throw invalid("The specified nextToken is invalid.");
  return { forward: direction === "f", place };
}

/** As AWS documents it: by timestamp, by ingestion, then what was put together stays together. */
function compare(a: Position, b: Position): number {
  return (
    a.event.timestamp - b.event.timestamp ||
    a.event.ingestionTime - b.event.ingestionTime ||
    (a.stream.name < b.stream.name ? -1 : Number(a.stream.name > b.stream.name)) ||
    a.event.sequence - b.event.sequence
  );
}

/** As much of a placed event as a token keeps. */
interface Position {
  readonly stream: { readonly name: string };
  readonly event: { readonly timestamp: number; readonly ingestionTime: number; readonly sequence: number };
}

function tokenOf({ stream, event }: Position): string {
  return toToken([event.timestamp, event.ingestionTime, stream.name, event.sequence]);
}

function parsePlace(token: string): Position {
  const place = fromToken(token);
  const [timestamp, ingestionTime, name, sequence]: unknown[] = Array.isArray(place) ? place : [];
  const areNumbers = [timestamp, ingestionTime, sequence].every((each) => typeof each === "number");
  if (!areNumbers || typeof name !== "string") throw invalid("The specified nextToken is invalid.");
  return {
    stream: { name },
    event: { timestamp: Number(timestamp), ingestionTime: Number(ingestionTime), sequence: Number(sequence) },
  };
}

/** Unique and the same in every answer, which is what callers that poll rely on. */
function eventIdOf(stream: Stream, event: LogEvent): string {
  const hash = createHash("sha256").update(stream.path).digest().readUIntBE(0, 6);
  return `${placeOf(event).slice(0, 16)}${String(hash).padStart(16, "0")}${placeOf(event).slice(-24)}`;
}
