// PutLogEvents: what a batch may look like, and what of it is too old or too new to be kept.

import type { JsonObject, Shape } from "../service.ts";
import { GROUP_NAME, STREAM_NAME, TIME, TOKEN, invalid, requireGroup, requireStream } from "./context.ts";
import type { LogsContext } from "./context.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const MAX_BATCH_BYTES = 1_048_576;
/** AWS counts this for each event on top of its message. */
const EVENT_OVERHEAD_BYTES = 26;

export const putLogEventsInput: Readonly<Record<string, Shape>> = {
  logGroupName: { ...GROUP_NAME, required: true },
  logStreamName: { ...STREAM_NAME, required: true },
  sequenceToken: TOKEN,
  logEvents: {
    type: "list",
    required: true,
    min: 1,
    max: 10_000,
    of: {
      type: "structure",
      members: { timestamp: { ...TIME, required: true }, message: { type: "string", required: true, min: 1 } },
    },
  },
};

interface InputEvent {
  readonly timestamp: number;
  readonly message: string;
}

/**
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 * Returns once the events are on disk.
 */
export async function putLogEvents(context: LogsContext, input: JsonObject): Promise<JsonObject> {
  const { name, group } = requireGroup(context, input);
  const stream = requireStream(context, name, String(input["logStreamName"]));
  const events = readEvents(input);
  const now = context.env.clock.now();
  const expired = now - (group.retentionInDays ?? Infinity) * DAY_MS;
  const tooOld = now - 14 * DAY_MS;
  const tooNew = now + 2 * HOUR_MS;
  const kept = events.filter(({ timestamp }) => timestamp >= expired && timestamp >= tooOld && timestamp <= tooNew);
  context.store.append(stream, kept);
  await context.store.flush();

  const firstNew = events.findIndex(({ timestamp }) => timestamp > tooNew);
  const oldOnes = events.filter(({ timestamp }) => timestamp < tooOld).length;
  const expiredOnes = events.filter(({ timestamp }) => timestamp < expired).length;
  const rejected = {
    ...(firstNew >= 0 && { tooNewLogEventStartIndex: firstNew }),
    ...(oldOnes > 0 && { tooOldLogEventEndIndex: oldOnes }),
    ...(expiredOnes > 0 && { expiredLogEventEndIndex: expiredOnes }),
  };
  return {
    nextSequenceToken: String(now).padStart(56, "0"),
    ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
  };
}

/** @throws {AwsError} InvalidParameterException for a batch out of order, too long or too large */
function readEvents(input: JsonObject): readonly InputEvent[] {
  // The shape above has been checked.
  const events = input["logEvents"] as unknown as readonly InputEvent[];
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) {
    throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
  }
  if ((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) > DAY_MS) {
    throw invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES, 0);
  if (bytes > MAX_BATCH_BYTES) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
  return events;
}
