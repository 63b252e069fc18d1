// The timer's journey with the real command against MiniStack.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { isReading } from "./recorder.mjs";
import { check } from "./report.mjs";

const RULE = "dynamodb-1min-insert-timer";

/**
 * @param {(line: string, options?: { target?: boolean, exit?: number | "any" }) => Promise<any>} json what `--json` printed
 * @param {import("@aws-sdk/client-eventbridge").EventBridgeClient} events
 * @param {import("./recorder.mjs").Recorder} recorder
 */
export async function timerJourney(json, events, recorder) {
  /** @param {string} line */
  const writesOf = async (line) => {
    recorder.takeCalls();
    const result = await json(line);
    return { result, writes: recorder.takeCalls().filter((call) => !isReading(call)) };
  };
  const rule = () => events.send(new DescribeRuleCommand({ Name: RULE }));

  await check("timer enable without a table names the command that comes first", async () => {
    const { error } = await json("timer enable", { target: true, exit: 3 });
    equal(error.code, "StepMissing");
    match(error.todo, /table create/);
  });
  await check("timer enable makes rule, target and function; a second time there is no write", async () => {
    await json("up --bundle", { target: true });
    const { outcomes } = await json("timer enable");
    equal(outcomes.length, 6);
    const { State, ScheduleExpression, Description } = await rule();
    deepEqual([State, ScheduleExpression, Description], ["ENABLED", "rate(1 minute)", "1minute timer"]);
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: RULE }));
    equal(Targets.length, 1);
    match(Targets[0]?.Arn ?? "", /:function:eventTestFunction$/);
    deepEqual((await writesOf("timer enable")).writes, []);
  });
  await check("timer invoke puts a row, of one id in answer, table and log", async () => {
    const { answer, row } = await json("timer invoke");
    deepEqual(row, { id: row.id, price: 1000, name: "item name" });
    match(JSON.stringify(answer.payload), new RegExp(`Put item ${row.id}`));
    const { items } = await json("table items");
    ok(items.some((/** @type {{ id: string }} */ { id }) => id === row.id));
  });
  await check("timer status finds nothing wrong, and counts the row", async () => {
    const { rule: shown, troubles, resources, rows } = await json("timer status");
    equal(shown.isOn, true);
    deepEqual(troubles, []);
    ok(resources.every((/** @type {{ condition: string }} */ { condition }) => condition === "exists"));
    ok(rows.lastHour >= 1);
  });
  await check("what a hand turned off is drift, and on again after up; timer disable stays off", async () => {
    await events.send(new DisableRuleCommand({ Name: RULE }));
    const { resources } = await json("status");
    const row = resources.find(
      (/** @type {{ subject: { component: string } }} */ { subject }) => subject.component === "timerRule",
    );
    equal(row.condition, "drifted");
    await json("up");
    equal((await rule()).State, "ENABLED");
    await json("timer disable");
    equal((await rule()).State, "DISABLED");
    deepEqual((await writesOf("up")).writes, []);
    equal((await rule()).State, "DISABLED");
  });
  await check("timer delete takes it away and leaves the rest", async () => {
    await json("timer delete --yes");
    deepEqual((await events.send(new ListRulesCommand({ NamePrefix: RULE }))).Rules, []);
    await json("test");
  });
  await check("down takes a timer along", async () => {
    await json("timer enable");
    await json("down --yes");
  });
}
