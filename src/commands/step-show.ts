// What one step made, as AWS shows it: `table show`, `function show`, `api show`, `routes list`, `integration show`.

import type { Subject } from "../core/event.ts";
import type { LambdaFunction } from "../resources/lambda/function.ts";
import { OWN_VARIABLES } from "../core/names.ts";
import { observe, withNeeds } from "../stack/observe.ts";
import { startRun } from "../stack/run.ts";
import { stepOf } from "../stack/steps.ts";
import type { StackContext } from "./context.ts";
import { stepMissing } from "./step-missing.ts";

export interface Shown {
  readonly subject: Subject;
  /** AWS's own words; of a function's variables only the value that awsls sets, for the learner's own may be secrets. */
  readonly live: unknown;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of a function. */
  readonly node?: NodeVersion;
}

/** Which Node.js runs a function: the one its runtime names, or this machine's, which the local cloud has. */
export interface NodeVersion {
  readonly version: string;
  readonly of: "runtime" | "machine";
}

export interface ShowResult {
  readonly stack: string;
  readonly shown: readonly Shown[];
}

/**
 * @param command as typed
 * @throws {Problem} `StepMissing` when it is not there, naming the command that comes first
 */
export async function showStep(context: StackContext, noun: string, command: string): Promise<ShowResult> {
  const step = stepOf(noun);
  const run = startRun(context.session, { settings: context.settings });
  const components = withNeeds(step.makes, step.number);
  await observe(run, components);
  const shown = components
    .filter(({ id }) => step.makes.includes(id))
    .flatMap((component): Shown[] => {
      const observation = run.observed.get(component.id);
      if (observation === undefined) return [];
      const { live, tags } = observation;
      const node = component.id === "function" ? nodeOf(context, run.inputs.output("function")?.runtime) : undefined;
      return [
        {
          subject: run.subjectOf(component),
          live: component.id === "function" ? withoutSecrets(live) : live,
          ...(typeof tags === "string" ? {} : { tags }),
          ...(node === undefined ? {} : { node }),
        },
      ];
    });
  if (shown.length === 0) throw await stepMissing(context, command, step.command);
  return { stack: context.session.names.stack, shown };
}

function withoutSecrets(live: unknown): unknown {
  const { environment = {}, ...others } = live as LambdaFunction;
  const masked = Object.entries(environment).map(([name, value]) => [name, OWN_VARIABLES.has(name) ? value : "***"]);
  return { ...others, environment: Object.fromEntries(masked) as unknown };
}

function nodeOf({ localNode }: StackContext, runtime = ""): NodeVersion | undefined {
  if (localNode !== undefined) return { version: localNode, of: "machine" };
  const [, version] = /^nodejs(\d+)\.x$/.exec(runtime) ?? [];
  return version === undefined ? undefined : { version, of: "runtime" };
}
