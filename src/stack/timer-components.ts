// The timer as data: a function that puts a row into the table, and the EventBridge rule that runs it.

import { type Component, type ComponentId, defineComponent, type Inputs } from "./component.ts";
import { functionArnOf, functionSpec, RETENTION_DAYS, roleKey, roleSpec } from "./function-component.ts";
import { functionHome, functionRoleHome, logGroupHome, ruleHome } from "./homes.ts";

/** Of a timer that nobody gave another one. */
export const DEFAULT_SCHEDULE = "rate(1 minute)";
const DESCRIPTION = "1minute timer";
const TARGET_ID = "awsls-timer";
const STATEMENT_ID = "awsls-timer";
const PRINCIPAL = "events.amazonaws.com";

export const TIMER_COMPONENTS: readonly Component[] = [
  defineComponent({
    id: "timerRole",
    home: functionRoleHome("timerRole"),
    addOn: "timer",
    needs: () => [],
    name: ({ names }) => names.timerRole,
    load: async () => (await import("../resources/iam/role.ts")).role,
    key: (inputs) => roleKey(inputs, "timer"),
    spec: (inputs) => roleSpec(inputs, "timer", `put rows into ${inputs.names.table}, write its own log`),
    identity: "roleId",
    record: ({ roleArn, roleId }) => ({ roleArn, roleId }),
  }),
  defineComponent({
    id: "timerLogGroup",
    home: logGroupHome("timerLogGroup"),
    addOn: "timer",
    needs: () => [],
    tagAction: "logs:ListTagsForResource",
    reappears: true,
    name: ({ names }) => names.timerLogGroup,
    load: async () => (await import("../resources/logs/log-group.ts")).logGroup,
    key: ({ names }) => ({ logGroupName: names.timerLogGroup }),
    spec: (inputs) => ({
      logGroupName: inputs.names.timerLogGroup,
      retentionInDays: RETENTION_DAYS,
      tags: inputs.tags("timerLogGroup"),
    }),
  }),
  defineComponent({
    id: "timerFunction",
    home: functionHome("timerFunction"),
    roles: [functionRoleHome("timerRole")],
    addOn: "timer",
    // The table is not needed by AWS, but a run that finds none has failed: it goes after what writes into it.
    needs: () => ["timerRole", "timerLogGroup", "table"],
    tagAction: "lambda:ListTags",
    name: ({ names }) => names.timerFunction,
    load: async () => (await import("../resources/lambda/function.ts")).lambdaFunction,
    key: ({ names }) => ({ functionName: names.timerFunction }),
    spec: (inputs) => functionSpec(inputs, "timer", `Puts a row into ${inputs.names.table} each time it runs`),
    record: ({ functionArn }) => ({ functionArn }),
  }),
  defineComponent({
    id: "timerRule",
    home: ruleHome,
    addOn: "timer",
    // Backwards: it goes before what it runs.
    needs: () => ["timerFunction"],
    tagAction: "events:ListTagsForResource",
    name: ({ names }) => names.timerRule,
    load: async () => (await import("../resources/events/rule.ts")).rule,
    key: ({ names }) => ({ ruleName: names.timerRule }),
    spec: (inputs) => {
      const { schedule = DEFAULT_SCHEDULE, enabled = true } = inputs.settings.timer ?? {};
      return {
        ruleName: inputs.names.timerRule,
        description: DESCRIPTION,
        scheduleExpression: schedule,
        state: enabled ? "ENABLED" : "DISABLED",
        tags: inputs.tags("timerRule"),
      };
    },
    record: ({ ruleArn }) => ({ ruleArn }),
  }),
  defineComponent({
    id: "timerPermission",
    home: functionHome("timerFunction"),
    addOn: "timer",
    parent: "timerFunction",
    needs: () => ["timerFunction", "timerRule"],
    name: ({ names }) => `${names.timerFunction}: ${STATEMENT_ID}`,
    load: async () => (await import("../resources/lambda/permission.ts")).permission,
    key: (inputs) => ({
      functionName: inputs.names.timerFunction,
      statementId: STATEMENT_ID,
      principal: PRINCIPAL,
      replacing: inputs.takesOver("timerPermission") ? ruleArnOf(inputs) : undefined,
    }),
    spec: (inputs) => ({
      functionName: inputs.names.timerFunction,
      statementId: STATEMENT_ID,
      principal: PRINCIPAL,
      sourceArn: ruleArnOf(inputs),
    }),
  }),
  defineComponent({
    id: "timerTarget",
    home: ruleHome,
    addOn: "timer",
    parent: "timerRule",
    // Last: the rule runs nothing before all that a run needs is there.
    needs: () => ["timerRule", "timerFunction", "timerPermission"],
    name: ({ names }) => `${names.timerRule} → ${names.timerFunction}`,
    load: async () => (await import("../resources/events/target.ts")).target,
    key: targetOf,
    spec: targetOf,
  }),
];

/** All of them: what `timer delete` removes. */
export const TIMER: readonly ComponentId[] = TIMER_COMPONENTS.map(({ id }) => id);

/** Of the default bus, whose name is not in it. */
export function ruleArnOf({ place, names }: Pick<Inputs, "place" | "names">): string {
  return `arn:${place.partition}:events:${place.region}:${place.account}:rule/${names.timerRule}`;
}

function targetOf(inputs: Inputs): { ruleName: string; targetId: string; functionArn: string } {
  return { ruleName: inputs.names.timerRule, targetId: TARGET_ID, functionArn: functionArnOf(inputs, "timer") };
}
