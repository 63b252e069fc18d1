// Rules: their life, their schedule, on and off.

import { tagging } from "../further-needs.ts";
import type { JsonObject, Operation, Shape } from "../service.ts";
import {
  BUS,
  BUS_NAME,
  invalid,
  LIMIT,
  NAME_PREFIX,
  pageOf,
  requireBus,
  requireRule,
  RULE_NAME,
  ruleArn,
  textOf,
  TOKEN,
} from "./context.ts";
import type { EventsContext, Rule } from "./context.ts";
import { parseSchedule } from "./schedule.ts";
import { readTags, TAGS } from "./tags.ts";

const OF_RULE: Readonly<Record<string, Shape>> = { Name: RULE_NAME, EventBusName: BUS_NAME };

export function ruleOperations(context: EventsContext): Record<string, Operation> {
  const { env, rules } = context;
  const resource = (input: JsonObject): string => ruleArn(env, String(input["Name"]));
  const turn = (state: Rule["state"]) => (input: JsonObject) => {
    const rule = requireRule(context, input);
    if (rule.state === state) return undefined;
    rules.set(rule.name, { ...rule, state, ...(state === "ENABLED" ? { enabledAt: env.clock.now() } : {}) });
    context.changed();
    return undefined;
  };
  return {
    PutRule: {
      input: {
        ...OF_RULE,
        ScheduleExpression: { type: "string", max: 256 },
        EventPattern: { type: "string", max: 4096 },
        State: { type: "string", values: ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"] },
        Description: { type: "string", max: 512 },
        RoleArn: { type: "string", min: 1, max: 1600 },
        Tags: TAGS,
      },
      notImplemented: ["EventPattern", "RoleArn"],
      resource,
      alsoNeeds: (input) => tagging("events:TagResource", resource(input), input["Tags"]),
      run: (input) => putRule(context, input),
    },
    DescribeRule: {
      input: OF_RULE,
      resource,
      run: (input) => ({ ...toJson(context, requireRule(context, input)), CreatedBy: env.accountId }),
    },
    ListRules: {
      input: { NamePrefix: NAME_PREFIX, EventBusName: BUS_NAME, NextToken: TOKEN, Limit: LIMIT },
      run(input) {
        requireBus(context, input);
        const prefix = textOf(input, "NamePrefix") ?? "";
        const found = [...rules.values()].filter(({ name }) => name.startsWith(prefix)).toSorted(byName);
        const { page, token } = pageOf(found, input);
        return { Rules: page.map((rule) => toJson(context, rule)), ...token };
      },
    },
    DeleteRule: {
      input: { ...OF_RULE, Force: { type: "boolean" } },
      resource,
      run(input) {
        requireBus(context, input);
        // One that is not there is deleted already.
        const rule = rules.get(String(input["Name"]));
        if (rule === undefined) return undefined;
        if (rule.targets.length > 0) throw invalid("Rule can't be deleted since it has targets.");
        rules.delete(rule.name);
        context.changed();
        return undefined;
      },
    },
    EnableRule: { input: OF_RULE, resource, run: turn("ENABLED") },
    DisableRule: { input: OF_RULE, resource, run: turn("DISABLED") },
  };
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/**
 * Replaces: what is not given is gone, and without a state the rule is on. The tags of an existing rule stay.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
 */
function putRule(context: EventsContext, input: JsonObject): JsonObject {
  requireBus(context, input);
  const { env, rules } = context;
  const name = String(input["Name"]);
  const scheduleExpression = textOf(input, "ScheduleExpression");
  if (scheduleExpression === undefined) {
    throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  const now = env.clock.now();
  if (parseSchedule(scheduleExpression, now) === undefined) throw invalid("Parameter ScheduleExpression is not valid.");
  const before = rules.get(name);
  const state = input["State"] === "DISABLED" ? "DISABLED" : "ENABLED";
  const goesOn = before?.state === state && before.scheduleExpression === scheduleExpression;
  const description = textOf(input, "Description");
  rules.set(name, {
    name,
    scheduleExpression,
    state,
    enabledAt: goesOn ? before.enabledAt : now,
    ...(description === undefined ? {} : { description }),
    targets: before?.targets ?? [],
    tags: before?.tags ?? readTags(input["Tags"]),
  });
  context.changed();
  return { RuleArn: ruleArn(env, name) };
}

function toJson({ env }: EventsContext, rule: Rule): JsonObject {
  return {
    Name: rule.name,
    Arn: ruleArn(env, rule.name),
    State: rule.state,
    Description: rule.description,
    ScheduleExpression: rule.scheduleExpression,
    EventBusName: BUS,
  };
}
