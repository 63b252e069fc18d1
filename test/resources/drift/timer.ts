// The timer's rule, target and what belongs to them, changed or deleted by hand.

import {
  DeleteRuleCommand,
  DisableRuleCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import { DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteRoleCommand, DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, DeleteFunctionCommand, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { ACCOUNT, anyText, anything, type ByHand, EVERYTHING } from "./by-hand.ts";
import type { DriftRow, KeptRow } from "./row.ts";

const FunctionName = "eventTestFunction";
const RoleName = `${FunctionName}-role`;
const Name = "dynamodb-1min-insert-timer";
const Id = "awsls-timer";
const STATEMENT = { FunctionName, StatementId: "awsls-timer" };
const POLICY = { RoleName, PolicyName: "awsls-least-privilege" };
const RULE = { Name, ScheduleExpression: "rate(1 minute)", Description: "1minute timer", State: "ENABLED" } as const;

const ruleArn = ({ region }: ByHand): string => `arn:aws:events:${region}:${ACCOUNT}:rule/${Name}`;
const functionArn = ({ region }: ByHand, name = FunctionName): string =>
  `arn:aws:lambda:${region}:${ACCOUNT}:function:${name}`;

const removeTarget = ({ events }: ByHand): Promise<unknown> =>
  events.send(new RemoveTargetsCommand({ Rule: Name, Ids: [Id] }));

export const TIMER_FIELDS: readonly DriftRow[] = [
  {
    member: "RuleSpec.description",
    what: "the rule's description",
    by: ({ events }) => events.send(new PutRuleCommand({ ...RULE, Description: "mine" })),
    seen: { timerRule: { Description: ["mine", "1minute timer"] } },
    writes: ["PutRule"],
  },
  {
    member: "RuleSpec.scheduleExpression",
    what: "the rule's schedule",
    by: ({ events }) => events.send(new PutRuleCommand({ ...RULE, ScheduleExpression: "rate(1 hour)" })),
    seen: { timerRule: { ScheduleExpression: ["rate(1 hour)", "rate(1 minute)"] } },
    writes: ["PutRule"],
  },
  {
    member: "RuleSpec.state",
    what: "the rule turned off",
    by: ({ events }) => events.send(new DisableRuleCommand({ Name })),
    seen: { timerRule: { State: ["DISABLED", "ENABLED"] } },
    writes: ["EnableRule"],
  },
  {
    member: "RuleSpec.tags",
    what: "a tag of the rule",
    by: (aws) => aws.events.send(new UntagResourceCommand({ ResourceARN: ruleArn(aws), TagKeys: ["awsls:component"] })),
    seen: { timerRule: { Tags: [{ "awsls:component": undefined }, { "awsls:component": "timerRule" }] } },
    writes: ["TagResource"],
  },
  {
    member: "TargetSpec.functionArn",
    what: "what the rule calls",
    by: (aws) =>
      aws.events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id, Arn: functionArn(aws, "another") }] })),
    seen: { timerTarget: { Arn: [expectArn("another"), expectArn(FunctionName)] } },
    writes: ["PutTargets"],
  },
  {
    what: "what the timer's role may do",
    by: ({ iam }) => iam.send(new PutRolePolicyCommand({ ...POLICY, PolicyDocument: JSON.stringify(EVERYTHING) })),
    seen: { timerRole: { PolicyDocument: [EVERYTHING, anything] } },
    writes: ["PutRolePolicy"],
  },
  {
    what: "a condition that keeps EventBridge from the function",
    async by(aws) {
      await aws.lambda.send(new RemovePermissionCommand(STATEMENT));
      return aws.lambda.send(
        new AddPermissionCommand({
          ...STATEMENT,
          Action: "lambda:InvokeFunction",
          Principal: "events.amazonaws.com",
          SourceArn: ruleArn(aws),
          SourceAccount: ACCOUNT,
        }),
      );
    },
    seen: { timerPermission: { Condition: [{ StringEquals: { "AWS:SourceAccount": ACCOUNT } }, undefined] } },
    writes: ["AddPermission", "RemovePermission"],
  },
];

function expectArn(name: string): string {
  return `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
}

export const TIMER_DELETIONS: readonly DriftRow[] = [
  {
    what: "the timer's role",
    async by({ iam }) {
      await iam.send(new DeleteRolePolicyCommand(POLICY));
      return iam.send(new DeleteRoleCommand({ RoleName }));
    },
    seen: { timerRole: "missing", timerFunction: { Role: [anyText, anyText] } },
    also: { timerPermission: "create" },
    writes: ["AddPermission", "CreateFunction", "CreateRole", "DeleteFunction", "PutRolePolicy"],
  },
  {
    what: "the timer's log group",
    by: ({ logs }) => logs.send(new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${FunctionName}` })),
    seen: { timerLogGroup: "missing" },
    writes: ["CreateLogGroup", "PutRetentionPolicy"],
  },
  {
    what: "the timer's function",
    by: ({ lambda }) => lambda.send(new DeleteFunctionCommand({ FunctionName })),
    seen: { timerFunction: "missing", timerPermission: "missing" },
    writes: ["AddPermission", "CreateFunction"],
  },
  {
    what: "the rule",
    async by(aws) {
      await removeTarget(aws);
      return aws.events.send(new DeleteRuleCommand({ Name }));
    },
    seen: { timerRule: "missing", timerTarget: "missing" },
    writes: ["PutRule", "PutTargets"],
  },
  { what: "the rule's target", by: removeTarget, seen: { timerTarget: "missing" }, writes: ["PutTargets"] },
  {
    what: "the permission of EventBridge",
    by: ({ lambda }) => lambda.send(new RemovePermissionCommand(STATEMENT)),
    seen: { timerPermission: "missing" },
    writes: ["AddPermission"],
  },
];

export const TIMER_KEPT: readonly KeptRow[] = [
  {
    what: "a tag of the rule",
    by: (aws) =>
      aws.events.send(new TagResourceCommand({ ResourceARN: ruleArn(aws), Tags: [{ Key: "mine", Value: "1" }] })),
    look: async (aws) =>
      (await aws.events.send(new ListTagsForResourceCommand({ ResourceARN: ruleArn(aws) }))).Tags?.find(
        ({ Key }) => Key === "mine",
      ),
    beside: "the rule's schedule",
  },
  {
    what: "what the function is sent instead of the event",
    by: (aws) =>
      aws.events.send(
        new PutTargetsCommand({ Rule: Name, Targets: [{ Id, Arn: functionArn(aws), Input: '{"mine":1}' }] }),
      ),
    look: async ({ events }) =>
      (await events.send(new ListTargetsByRuleCommand({ Rule: Name }))).Targets?.find((each) => each.Id === Id)?.Input,
    undo: (aws) => aws.events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id, Arn: functionArn(aws) }] })),
  },
  {
    what: "a further target of the rule",
    by: (aws) =>
      aws.events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: "mine", Arn: functionArn(aws, "mine") }] })),
    look: async ({ events }) =>
      (await events.send(new ListTargetsByRuleCommand({ Rule: Name }))).Targets?.find((each) => each.Id === "mine"),
    beside: "what the rule calls",
    undo: ({ events }) => events.send(new RemoveTargetsCommand({ Rule: Name, Ids: ["mine"] })),
  },
];
