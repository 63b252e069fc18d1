// A process's log stream: written as its role allows, as Lambda's service does with the role's credentials.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html

import { randomBytes } from "node:crypto";
import type { CloudEnvironment, LogSink, Roles } from "../service.ts";
import type { FunctionRecord } from "./function-record.ts";
import type { LogEvent } from "./log-frames.ts";

/** How long an answer of the role's policies is believed: they are asked on the way of every invocation. */
const BELIEVED_MS = 1000;

export interface FunctionLog {
  readonly stream: string;
  write(events: readonly LogEvent[]): void;
}

interface Rights {
  readonly group: boolean;
  readonly stream: boolean;
  readonly events: boolean;
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
  let rights: Rights | undefined;
  let asked = 0;

  function rightsNow(): Rights {
    const now = performance.now();
    if (rights && now - asked < BELIEVED_MS) return rights;
    asked = now;
    rights = {
      // Policies name the group with `:*` behind it or without.
      group: allows("logs:CreateLogGroup", groupArn) || allows("logs:CreateLogGroup", `${groupArn}:log-stream:`),
      stream: allows("logs:CreateLogStream", streamArn),
      events: allows("logs:PutLogEvents", streamArn),
    };
    return rights;
  }

  return {
    stream,
    write(events) {
      const may = rightsNow();
      if (!logs.hasGroup(group)) {
        if (!may.group) return;
        logs.ensureGroup(group);
      }
      if (!may.stream) return;
      logs.ensureStream(group, stream);
      if (may.events) logs.append(group, stream, events);
    },
  };
}
