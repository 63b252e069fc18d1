// A process's log stream: written as its role allows, as Lambda's service does with the role's credentials.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html

import { randomBytes } from "node:crypto";
import type { CloudEnvironment, LogSink, Roles } from "../service.ts";
import type { FunctionRecord } from "./function-record.ts";
import type { LogEvent } from "./log-frames.ts";

export interface FunctionLog {
  readonly stream: string;
  /** Never throws: events that cannot be written are lost. */
  write(events: readonly LogEvent[]): void;
}

export function openFunctionLog(
  env: CloudEnvironment,
  roles: Roles,
  logs: LogSink,
  record: FunctionRecord,
): FunctionLog {
  const group = record.logGroup;
  const day = new Date(env.clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
  const stream = `${day}/[$LATEST]${randomBytes(16).toString("hex")}`;
  const groupArn = `arn:${env.partition}:logs:${env.region}:${env.accountId}:log-group:${group}`;
  const streamArn = `${groupArn}:log-stream:${stream}`;
  const allows = (action: string, resource: string): boolean => roles.allows(record.role, action, resource);

  function write(events: readonly LogEvent[]): void {
    if (!logs.hasGroup(group)) {
      // Policies name the group with `:*` behind it or without.
      const mayMake =
        allows("logs:CreateLogGroup", groupArn) || allows("logs:CreateLogGroup", `${groupArn}:log-stream:`);
      if (!mayMake) return;
      logs.ensureGroup(group);
    }
    if (!allows("logs:CreateLogStream", streamArn)) return;
    logs.ensureStream(group, stream);
    if (allows("logs:PutLogEvents", streamArn)) logs.append(group, stream, events);
  }

  return {
    stream,
    write(events) {
      try {
        write(events);
      } catch (error) {
        // A full disk, a data folder that is gone: the function's answer is worth more than its log.
        env.log(`log events of ${record.name} lost: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}
