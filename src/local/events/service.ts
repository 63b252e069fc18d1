// EventBridge of the local cloud: rules of the default bus that run functions on a schedule.

import { randomUUID } from "node:crypto";
import type { CloudEnvironment, Functions, Service } from "../service.ts";
import { ruleArn } from "./context.ts";
import type { EventsContext, Rule } from "./context.ts";
import { ruleOperations } from "./rules.ts";
import { createScheduler } from "./scheduler.ts";
import { tagOperations } from "./tags.ts";
import { targetOperations } from "./targets.ts";

export interface EventsOptions {
  readonly env: CloudEnvironment;
  readonly functions: Functions;
  /** How many of a schedule's minutes pass in one real minute; 1 unless given. */
  readonly speed?: number;
}

export interface Events {
  readonly service: Service;
  /** From now on rules fire. */
  start(): void;
}

export function createEvents({ env, functions, speed = 1 }: EventsOptions): Events {
  const rules = env.collection<Rule>("events-rules");
  const scheduler = createScheduler({
    clock: env.clock,
    speed,
    rules: () => rules.values(),
    fire: (rule, due) => fire(env, functions, rule, due),
    log: env.log,
  });
  const context: EventsContext = { env, rules, changed: () => scheduler.changed() };
  const service: Service = {
    signingName: "events",
    protocol: "awsJson1_1",
    target: "AWSEvents",
    validationError: "ValidationException",
    operations: { ...ruleOperations(context), ...targetOperations(context), ...tagOperations(context) },
    inventory: () => Promise.resolve([...rules.values()].map(({ name }) => ruleArn(env, name))),
    close() {
      scheduler.stop();
      return Promise.resolve();
    },
    reset() {
      rules.clear();
      scheduler.changed();
      return Promise.resolve();
    },
  };
  return { service, start: () => scheduler.start() };
}

/** Leaves the event to Lambda's own queue. A missing permission is silent, as on AWS; only the log file knows. */
function fire(env: CloudEnvironment, functions: Functions, rule: Rule, due: number): void {
  const sourceArn = ruleArn(env, rule.name);
  for (const target of rule.targets) {
    const payload = target.input ?? JSON.stringify(scheduledEvent(env, sourceArn, due));
    const caller = { principal: "events.amazonaws.com", sourceArn };
    const outcome = functions.enqueue(target.arn, Buffer.from(payload), caller);
    if (outcome !== "queued") env.log(`rule ${rule.name}: ${target.arn} ${outcome}`);
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html */
function scheduledEvent({ accountId, region }: CloudEnvironment, arn: string, due: number): object {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: accountId,
    time: new Date(due).toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources: [arn],
    detail: {},
  };
}
