// What `up` and every step share once they have looked: ask where something is taken over, then make AWS match.

import { apply, type Outcome } from "../stack/apply.ts";
import type { Component, ComponentId } from "../stack/component.ts";
import type { Planned } from "../stack/plan.ts";
import type { Run } from "../stack/run.ts";
import { chooseSettings } from "../stack/settings.ts";
import { beginTakeover, takeoversIn } from "../stack/takeover.ts";
import type { Settings } from "../state/state.ts";
import { agree } from "./agreement.ts";
import type { StackContext } from "./context.ts";
import { fetchReplacedCode, type ReplacedCode, saveReplacedCode } from "./replaced-code.ts";
import { agreeToTakeOver } from "./takeover.ts";

/** What was seen, and what is to be done about it. */
export interface Prepared {
  readonly run: Run;
  readonly components: readonly Component[];
  readonly plan: readonly Planned[];
  /** What is recorded as chosen, where that is not what the run is about. */
  readonly recorded?: Settings;
}

interface Seen {
  readonly prepared: Prepared;
  readonly replaced: readonly ReplacedCode[];
}

export interface BroughtAbout {
  readonly prepared: Prepared;
  readonly outcomes: readonly Outcome[];
  /** The user did not want what is somebody else's to be taken over: nothing was done. */
  readonly declined: boolean;
  /** Where the code is kept that this run replaced; absent when there is none. */
  readonly keptCode?: readonly string[];
}

/** @param prepare looks at what is there, and decides what is to be done about it */
export async function bringAbout(context: StackContext, prepare: () => Promise<Prepared>): Promise<BroughtAbout> {
  if (context.dryRun) return { prepared: await prepare(), outcomes: [], declined: false };
  const { seen, answer } = await agree({
    look: async (before?: Seen): Promise<Seen> => {
      const prepared = await prepare();
      return { prepared, replaced: await fetchReplacedCode(prepared.run, before?.replaced) };
    },
    ask: ({ prepared, replaced }) => agreeToTakeOver(context, prepared.run, prepared.plan, replaced),
    subject: ({ prepared }) => prepared.plan,
  });
  const { prepared, replaced } = seen;
  if (answer === "no") return { prepared, outcomes: [], declined: true };
  const { run, components, plan, recorded = run.inputs.settings } = prepared;
  saveReplacedCode(run, replaced);
  const taken = takeoversIn(run, plan).map(({ resource }) => resource as ComponentId);
  beginTakeover(context.session.state, run.inputs, taken);
  chooseSettings(context.session.state, context.target, recorded);
  const outcomes = await apply(run, components);
  const keptCode = replaced.map(({ path }) => path);
  return { prepared, outcomes, declined: false, ...(keptCode.length === 0 ? {} : { keptCode }) };
}
