// CloudWatch Logs of the local cloud, and the way in for what Lambda itself writes.

import type { CloudEnvironment, LogSink, Service } from "../service.ts";
import { eventOperations } from "./events.ts";
import { groupOperations } from "./groups.ts";
import { groupTagOperations } from "./group-tags.ts";
import { groupArn } from "./context.ts";
import { openLogStore } from "./log-store.ts";
import type { LogStore } from "./log-store.ts";
import { streamOperations } from "./streams.ts";

/** Groups are on disk when a call returns; events that Lambda writes within 200 ms, and at close. */
export function createLogs(env: CloudEnvironment): { service: Service; sink: LogSink } {
  const store = openLogStore(env);
  const context = { env, store };
  const service: Service = {
    signingName: "logs",
    protocol: "awsJson1_1",
    target: "Logs_20140328",
    validationError: "InvalidParameterException",
    operations: {
      ...groupOperations(context),
      ...groupTagOperations(context),
      ...streamOperations(context),
      ...eventOperations(context),
    },
    inventory: () => Promise.resolve([...store.groups.entries()].map(([name]) => groupArn(env, name))),
    close: () => store.flush(),
    reset: () => store.reset(),
  };
  return { service, sink: createSink(store) };
}

function createSink(store: LogStore): LogSink {
  const hasGroup = (group: string): boolean => store.groups.get(group) !== undefined;
  const sink: LogSink = {
    hasGroup,
    ensureGroup(group) {
      if (!hasGroup(group)) store.addGroup(group);
    },
    ensureStream(group, stream) {
      if (hasGroup(group) && !store.streams(group).has(stream)) store.addStream(group, stream);
    },
    append(group, stream, events) {
      // A group that was deleted meanwhile does not come back by a late line.
      if (!hasGroup(group)) return;
      store.append(store.streams(group).get(stream) ?? store.addStream(group, stream), events);
    },
  };
  return sink;
}
