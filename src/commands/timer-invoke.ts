// `awsls timer invoke`: the tutorial's test of the timer's function, without waiting for the rule.

import { randomUUID } from "node:crypto";
import { putId } from "../core/timer-run.ts";
import { ruleArnOf } from "../stack/timer-components.ts";
import type { StackContext } from "./context.ts";
import { invokeHandler, type InvokeOptions, type InvokeResult } from "./invoke-handler.ts";
import type { Item } from "./item.ts";
import { getRow } from "./timer-rows.ts";

export interface TimerInvokeResult extends InvokeResult {
  /** The row that the answer names, as it is stored. */
  readonly row?: Item;
}

/** @throws {Problem} as `invokeHandler` */
export async function invokeTimer(context: StackContext, options: InvokeOptions): Promise<TimerInvokeResult> {
  const payload = options.payload ?? JSON.stringify(testEvent(context));
  const result = await invokeHandler(context, "timer", "timer invoke", payload);
  // However it is wrapped.
  const id = putId(JSON.stringify(result.answer?.payload ?? ""));
  const row = id === undefined ? undefined : await getRow(context, id);
  return row === undefined ? result : { ...result, row };
}

/** As the rule sends it: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html */
function testEvent({ session, clock }: StackContext): object {
  const { place } = session;
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: place.account,
    time: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z"),
    region: place.region,
    resources: [ruleArnOf(session)],
    detail: {},
  };
}
