// What `up` and every step share once they have looked: ask where something is taken over, then make AWS match.

import { apply, type Outcome } from "../stack/apply.ts";
import { isSame } from "../core/change.ts";
import type { Component, ComponentId } from "../stack/component.ts";
import type { Planned } from "../stack/plan.ts";
import type { Run } from "../stack/run.ts";
import { chooseSettings } from "../stack/settings.ts";
import { beginTakeover, endTakeover, takeoversIn } from "../stack/takeover.ts";
import type { StackContext } from "./context.ts";
import { fetchReplacedCode, saveReplacedCode } from "./replaced-code.ts";
import { agreeToTakeOver } from "./takeover.ts";

/** What was seen, and what is to be done about it. */
export interface Prepared {
  readonly run: Run;
  readonly components: readonly Component[];
  readonly plan: readonly Planned[];
}

export interface BroughtAbout {
  readonly prepared: Prepared;
  readonly outcomes: readonly Outcome[];
  /** The user did not want what is somebody else's to be taken over: nothing was done. */
  readonly declined: boolean;
  /** Where the code is kept that this run replaced; absent when there is none. */
  readonly keptCode?: readonly string[];
}

/** @param prepare looks anew: while a question waits, things may change, and what is done is what was agreed to */
export async function bringAbout(context: StackContext, prepare: () => Promise<Prepared>): Promise<BroughtAbout> {
  let prepared = await prepare();
  if (context.dryRun) return { prepared, outcomes: [], declined: false };
  let replaced = await fetchReplacedCode(prepared.run);
  for (;;) {
    const answer = await agreeToTakeOver(context, prepared.run, prepared.plan, replaced);
    if (answer === "no") return { prepared, outcomes: [], declined: true };
    if (answer !== "yes") break;
    const agreed = prepared.plan;
    prepared = await prepare();
    replaced = await fetchReplacedCode(prepared.run, replaced);
    if (isSame(agreed, prepared.plan)) break;
  }
  const { run, components, plan } = prepared;
  saveReplacedCode(run, replaced);
  const taken = takeoversIn(run, plan).map(({ resource }) => resource as ComponentId);
  beginTakeover(context.session.state, run.inputs, taken);
  chooseSettings(context.session.state, context.target, run.inputs.settings);
  const outcomes = await apply(run, components);
  endTakeover(context.session.state, components);
  const keptCode = replaced.map(({ path }) => path);
  return { prepared, outcomes, declined: false, ...(keptCode.length === 0 ? {} : { keptCode }) };
}
