// What a rule calls: a Lambda function. Others' targets of the same rule stay.

import {
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  type PutTargetsCommandOutput,
  RemoveTargetsCommand,
  type Target as EventTarget,
} from "@aws-sdk/client-eventbridge";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { changesBetween } from "../../core/change.ts";
import { Problem } from "../../core/problem.ts";
import type { Resource, Scope } from "../resource.ts";
import { MISSING, writeToRule } from "./rule-write.ts";

export interface TargetSpec {
  readonly ruleName: string;
  readonly targetId: string;
  readonly functionArn: string;
}

export interface Target {
  readonly ruleName: string;
  readonly targetId: string;
  readonly functionArn: string;
  /** As AWS has it: PutTargets replaces all of it. */
  readonly whole: EventTarget;
  /** Ids of others' targets of the same function: each calls it once more. */
  readonly twins: readonly string[];
}

export const target: Resource<TargetSpec, TargetSpec, Target> = {
  // PutTargets takes what is there for what is to be replaced.
  alreadyExists: [],
  rights: { itself: ["events:ListTargetsByRule", "events:PutTargets", "events:RemoveTargets"] },

  async read(scope, { ruleName, targetId, functionArn }) {
    const targets = await listTargets(scope, ruleName);
    // One that the console made for this function has an id of its own; a second one would call it twice.
    const whole = targets.find(({ Id }) => Id === targetId) ?? targets.find(({ Arn }) => Arn === functionArn);
    if (whole === undefined) return undefined;
    const { Id = "", Arn = "" } = whole;
    const twins = targets.flatMap((other) => (other.Arn === functionArn && other.Id !== Id ? [other.Id ?? ""] : []));
    return { live: { ruleName, targetId: Id, functionArn: Arn, whole, twins }, tags: "untaggable" };
  },

  diff({ functionArn }, { live }) {
    return changesBetween({ Arn: functionArn }, { Arn: live.functionArn });
  },

  async reconcile(scope, spec, observed, created) {
    const { ruleName, functionArn } = spec;
    const targetId = observed?.live.targetId ?? spec.targetId;
    const whole = { ...observed?.live.whole, Id: targetId, Arn: functionArn };
    const command = new PutTargetsCommand({ Rule: ruleName, Targets: [whole] });
    await writeToRule(
      scope,
      ruleName,
      async () => requireAllDone("PutTargets", ruleName, await scope.clients.get(EventBridgeClient).send(command)),
      isNewRule,
    );
    const live: Target = { ruleName, targetId, functionArn, whole, twins: observed?.live.twins ?? [] };
    created(live);
    return live;
  },

  remove: (scope, { ruleName, targetId }) => removeTargets(scope, ruleName, [targetId]),
};

/** None when there is no such rule. */
export async function listTargets(scope: Scope, ruleName: string): Promise<EventTarget[]> {
  const events = scope.clients.get(EventBridgeClient);
  return everyPage(async (NextToken) => {
    const page = await unlessMissing(events.send(new ListTargetsByRuleCommand({ Rule: ruleName, NextToken })), MISSING);
    return { items: page?.Targets, next: page?.NextToken };
  });
}

/** @throws {Problem} `AwsRefused` for one that could not be removed */
export async function removeTargets(scope: Scope, ruleName: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const command = new RemoveTargetsCommand({ Rule: ruleName, Ids: [...ids] });
  await writeToRule(scope, ruleName, async () => {
    const output = await unlessMissing(scope.clients.get(EventBridgeClient).send(command), MISSING);
    requireAllDone("RemoveTargets", ruleName, output);
  });
}

/**
 * These calls answer 200 also when an entry of theirs failed.
 * @throws {Problem} `AwsRefused`
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
 */
function requireAllDone(
  operation: string,
  ruleName: string,
  output: Pick<PutTargetsCommandOutput, "FailedEntryCount" | "FailedEntries"> | undefined,
): void {
  if ((output?.FailedEntryCount ?? 0) === 0) return;
  const { ErrorCode: code = "FailedEntry", ErrorMessage: message = "" } = output?.FailedEntries?.[0] ?? {};
  throw new Problem("AwsRefused", { service: "events", operation, code, message, name: ruleName });
}

/** EventBridge is eventually consistent: a rule made a moment ago may not be known everywhere. */
function isNewRule(error: Error): boolean {
  return isAwsError(error, MISSING);
}
