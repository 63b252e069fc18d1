// A rule of EventBridge's default bus that runs on a schedule.

import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  type DescribeRuleCommandOutput,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListTagsForResourceCommand,
  PutRuleCommand,
  type RuleState,
  TagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import type { Observed, Resource, Scope, Tags } from "../resource.ts";
import { fromTagList, missingTags, tagChanges, toTagList } from "../tags.ts";
import { isOn } from "./rule-state.ts";
import { MISSING, writeToRule } from "./rule-write.ts";
import { listTargets, removeTargets } from "./target.ts";

export interface RuleKey {
  readonly ruleName: string;
}

export interface RuleSpec extends RuleKey {
  readonly description: string;
  readonly scheduleExpression: string;
  readonly state: "ENABLED" | "DISABLED";
  readonly tags: Tags;
}

export interface Rule {
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly description: string;
  /** Undefined for one that others gave an event pattern instead. */
  readonly scheduleExpression: string | undefined;
  readonly state: RuleState;
  readonly eventPattern: string | undefined;
  readonly roleArn: string | undefined;
}

export const rule: Resource<RuleKey, RuleSpec, Rule> = {
  // PutRule takes what is there for what is to be replaced.
  alreadyExists: [],
  rights: {
    itself: [
      "events:DeleteRule",
      "events:DescribeRule",
      "events:DisableRule",
      "events:EnableRule",
      "events:ListTagsForResource",
      "events:PutRule",
      "events:TagResource",
    ],
  },

  async read(scope, { ruleName }) {
    const command = new DescribeRuleCommand({ Name: ruleName });
    const found = await unlessMissing(scope.clients.get(EventBridgeClient).send(command), MISSING);
    if (found === undefined) return undefined;
    const live = toRule(found);
    return { live, tags: await readTags(scope, live.ruleArn) };
  },

  diff(spec, observed) {
    return [...ownChanges(spec, observed.live), ...tagChanges(spec.tags, observed)];
  },

  async reconcile(scope, spec, observed, created) {
    if (observed === undefined) {
      const live = await create(scope, spec);
      created(live);
      return live;
    }
    return repair(scope, spec, observed);
  },

  async remove(scope, { ruleName, state }) {
    const events = scope.clients.get(EventBridgeClient);
    // Off first: no run begins any more while the rest goes.
    if (isOn(state)) {
      const command = new DisableRuleCommand({ Name: ruleName });
      await writeToRule(scope, ruleName, () => unlessMissing(events.send(command), MISSING));
    }
    const ids = (await listTargets(scope, ruleName)).flatMap(({ Id }) => Id ?? []);
    await removeTargets(scope, ruleName, ids);
    const remove = (): Promise<unknown> => events.send(new DeleteRuleCommand({ Name: ruleName }));
    // EventBridge is eventually consistent: targets removed a moment ago may still be seen.
    await writeToRule(scope, ruleName, () => unlessMissing(remove(), MISSING), hasTargets);
  },
};

async function create(scope: Scope, spec: RuleSpec): Promise<Rule> {
  const { ruleName, description, scheduleExpression, state } = spec;
  const command = new PutRuleCommand({
    Name: ruleName,
    Description: description,
    ScheduleExpression: scheduleExpression,
    State: state,
    Tags: toTagList(spec.tags),
  });
  const { RuleArn = "" } = await writeToRule(scope, ruleName, () => scope.clients.get(EventBridgeClient).send(command));
  return {
    ruleName,
    ruleArn: RuleArn,
    description,
    scheduleExpression,
    state,
    eventPattern: undefined,
    roleArn: undefined,
  };
}

/** PutRule replaces the whole rule but its tags: what was read goes with it, the state above all. */
async function repair(scope: Scope, spec: RuleSpec, { live, tags }: Observed<Rule>): Promise<Rule> {
  const events = scope.clients.get(EventBridgeClient);
  const { ruleName: Name, description, scheduleExpression } = spec;
  const differs = new Set(ownChanges(spec, live).map(({ field }) => field));
  const state = differs.has("State") ? spec.state : live.state;
  if (differs.has("Description") || differs.has("ScheduleExpression")) {
    const command = new PutRuleCommand({
      Name,
      Description: description,
      ScheduleExpression: scheduleExpression,
      State: state,
      EventPattern: live.eventPattern,
      RoleArn: live.roleArn,
    });
    await writeToRule(scope, Name, () => events.send(command));
  } else if (differs.has("State")) {
    await writeToRule(scope, Name, () => turn(events, spec));
  }
  const missing = missingTags(spec.tags, tags);
  if (Object.keys(missing).length > 0) {
    const command = new TagResourceCommand({ ResourceARN: live.ruleArn, Tags: toTagList(missing) });
    await writeToRule(scope, Name, () => events.send(command));
  }
  return { ...live, description, scheduleExpression, state };
}

function turn(events: EventBridgeClient, { ruleName: Name, state }: RuleSpec): Promise<unknown> {
  return state === "ENABLED"
    ? events.send(new EnableRuleCommand({ Name }))
    : events.send(new DisableRuleCommand({ Name }));
}

function ownChanges({ description, scheduleExpression, state }: RuleSpec, live: Rule): Change[] {
  return [
    ...changesBetween(
      { Description: description, ScheduleExpression: scheduleExpression },
      { Description: live.description, ScheduleExpression: live.scheduleExpression },
    ),
    ...(isOn(live.state) === isOn(state) ? [] : [{ field: "State", from: live.state, to: state }]),
  ];
}

/** DescribeRule does not show them. */
async function readTags(scope: Scope, ResourceARN: string): Promise<Tags | "unreadable"> {
  try {
    const command = new ListTagsForResourceCommand({ ResourceARN });
    return fromTagList((await scope.clients.get(EventBridgeClient).send(command)).Tags);
  } catch (error) {
    if (isAwsError(error, MISSING)) return {};
    if (isAwsError(error, "AccessDeniedException", "AccessDenied")) return "unreadable";
    throw error;
  }
}

function hasTargets(error: Error): boolean {
  return isAwsError(error, "ValidationException") && /has targets/i.test(error.message);
}

function toRule(found: DescribeRuleCommandOutput): Rule {
  return {
    ruleName: found.Name ?? "",
    ruleArn: found.Arn ?? "",
    description: found.Description ?? "",
    scheduleExpression: found.ScheduleExpression,
    state: found.State ?? "ENABLED",
    eventPattern: found.EventPattern,
    roleArn: found.RoleArn,
  };
}
