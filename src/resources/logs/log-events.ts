// The events of one log group, read across its streams.

import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Clients } from "../../aws/clients.ts";
import { unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import type { LogEvent } from "../../core/row.ts";
import type { Rights } from "../rights.ts";

export const LOG_EVENT_RIGHTS: Rights = { itself: ["logs:FilterLogEvents"] };

/**
 * All events from a time on, as they come: pages may be empty before the last, and events may be given twice.
 * @param startTime milliseconds since the epoch
 * @returns undefined when there is no group of exactly that name
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function readLogEvents(
  clients: Clients,
  logGroupName: string,
  startTime: number,
): Promise<LogEvent[] | undefined> {
  const logs = clients.get(CloudWatchLogsClient);
  const read = everyPage(async (nextToken) => {
    const page = await logs.send(new FilterLogEventsCommand({ logGroupName, startTime, nextToken }));
    return { items: page.events, next: page.nextToken };
  });
  const events = await unlessMissing(read, "ResourceNotFoundException");
  return events?.map(({ eventId, logStreamName = "", timestamp = 0, ingestionTime = timestamp, message = "" }) => ({
    // Other clouds than AWS may give none.
    eventId: eventId ?? `${logStreamName} ${timestamp} ${message}`,
    logStreamName,
    timestamp,
    ingestionTime,
    message,
  }));
}
