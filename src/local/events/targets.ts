// Targets of rules: Lambda functions, the only ones that the tutorial knows.

import type { JsonObject, Operation, Shape } from "../service.ts";
import {
  BUS_NAME,
  invalid,
  LIMIT,
  limitExceeded,
  listOf,
  pageOf,
  requireBus,
  requireRule,
  RULE_NAME,
  ruleArn,
  TARGET_ID,
  textOf,
  TOKEN,
} from "./context.ts";
import type { EventsContext, Target } from "./context.ts";
import { byName } from "./rules.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_TARGETS = 5;
const ARN: Shape = { type: "string", required: true, min: 1, max: 1600 };
const OF_RULE: Readonly<Record<string, Shape>> = { Rule: RULE_NAME, EventBusName: BUS_NAME };
/** What a target may have beside its id, its ARN and its input. */
const OTHER_MEMBERS = [
  "InputPath",
  "InputTransformer",
  "RoleArn",
  "KinesisParameters",
  "RunCommandParameters",
  "EcsParameters",
  "BatchParameters",
  "SqsParameters",
  "HttpParameters",
  "RedshiftDataParameters",
  "SageMakerPipelineParameters",
  "DeadLetterConfig",
  "RetryPolicy",
  "AppSyncParameters",
];

export function targetOperations(context: EventsContext): Record<string, Operation> {
  const { env, rules } = context;
  const resource = (input: JsonObject): string => ruleArn(env, String(input["Rule"]));
  return {
    PutTargets: {
      input: {
        ...OF_RULE,
        Targets: {
          type: "list",
          required: true,
          min: 1,
          max: 100,
          of: {
            type: "structure",
            members: { Id: TARGET_ID, Arn: ARN, Input: { type: "string", max: 8192 } },
          },
        },
      },
      resource,
      keys: (input) => ({ "events:TargetArn": listOf(input["Targets"]).map(({ Arn: arn }) => String(arn)) }),
      run(input) {
        const rule = requireRule(context, input, "Rule");
        const given = listOf(input["Targets"]).map((each) => toTarget(each));
        const targets = [...new Map([...rule.targets, ...given].map((each) => [each.id, each])).values()];
        if (targets.length > MOST_TARGETS) throw limitExceeded();
        rules.set(rule.name, { ...rule, targets });
        context.changed();
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    },
    RemoveTargets: {
      input: {
        ...OF_RULE,
        Ids: { type: "list", required: true, min: 1, max: 100, of: TARGET_ID },
        Force: { type: "boolean" },
      },
      resource,
      run(input) {
        const rule = requireRule(context, input, "Rule");
        const ids = new Set(Array.isArray(input["Ids"]) ? input["Ids"] : []);
        rules.set(rule.name, { ...rule, targets: rule.targets.filter(({ id }) => !ids.has(id)) });
        context.changed();
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    },
    ListTargetsByRule: {
      input: { ...OF_RULE, NextToken: TOKEN, Limit: LIMIT },
      resource,
      run(input) {
        const { page, token } = pageOf(requireRule(context, input, "Rule").targets, input);
        return { Targets: page.map(({ id, arn, input: sent }) => ({ Id: id, Arn: arn, Input: sent })), ...token };
      },
    },
    ListRuleNamesByTarget: {
      input: { TargetArn: ARN, EventBusName: BUS_NAME, NextToken: TOKEN, Limit: LIMIT },
      run(input) {
        requireBus(context, input);
        const found = [...rules.values()]
          .filter(({ targets }) => targets.some(({ arn }) => arn === input["TargetArn"]))
          .toSorted(byName);
        const { page, token } = pageOf(found, input);
        return { RuleNames: page.map(({ name }) => name), ...token };
      },
    },
  };
}

/** @throws {AwsError} `ValidationException` for what is no function, and for what this cloud does not act on */
function toTarget(given: JsonObject): Target {
  const arn = textOf(given, "Arn") ?? "";
  const other = OTHER_MEMBERS.find((member) => given[member] !== undefined);
  if (!/^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+$/.test(arn)) {
    throw invalid(
      arn.startsWith("arn:")
        ? `The local cloud's rules have Lambda functions as targets, not ${arn}`
        : `Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`,
    );
  }
  if (other === "RoleArn") throw invalid(`RoleArn is not supported for target ${arn}.`);
  if (other !== undefined) throw invalid(`The local cloud does not implement PutTargets with ${other}`);
  const input = textOf(given, "Input");
  if (input !== undefined) requireJson(input);
  return { id: textOf(given, "Id") ?? "", arn, ...(input === undefined ? {} : { input }) };
}

function requireJson(input: string): void {
  try {
    JSON.parse(input);
  } catch {
    throw invalid("JSON syntax error in input for target.");
  }
}
