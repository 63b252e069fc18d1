// Commander's program from the command table; every outcome becomes output and an exit code here.

import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Command as Program, CommanderError, Option } from "commander";
import type { Question } from "../commands/context.ts";
import type { RemovalResult } from "../commands/removal.ts";
import { systemClock } from "../core/clock.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { type Command, COMMANDS, type Finished, GLOBAL_OPTIONS, type OptionValues } from "./commands.ts";
import { type Invocation, invocationOf, withCommands } from "./invocation.ts";
import { packageVersion } from "./package-root.ts";
import { cloudFolderOf, statePathOf } from "./places.ts";
import type { Reporter } from "./reporter.ts";
import { explain, type GroupName } from "./text/catalogue.ts";
import { en as text } from "./text/en.ts";

export type Host = Pick<NodeJS.Process, "env" | "stdin" | "stdout" | "stderr" | "cwd" | "on" | "off" | "kill">;

const USAGE = 2;
const BUG = 1;
const INTERRUPTED = 130;

/** @returns the exit code (DESIGN §1.3) */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  // A reader such as `head` may close its end; that is its right.
  for (const stream of [host.stdout, host.stderr]) stream.on("error", () => undefined);
  let exitCode = 0;
  const program = createProgram(host, async (command, options) => {
    exitCode = await execute(command, options, host);
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 || error.code === "commander.help" ? 0 : USAGE;
  }
  return exitCode;
}

type Act = (command: Command, options: OptionValues) => Promise<void>;

function createProgram(host: Host, act: Act): Program {
  const program = new Program("awsls")
    .description(text.help.program.description)
    .version(packageVersion(), "-v, --version")
    .helpCommand("help [command]", text.help.program.help)
    .showHelpAfterError(text.help.program.afterError)
    .configureOutput({ writeOut: (out) => host.stdout.write(out), writeErr: (out) => host.stderr.write(out) })
    .exitOverride();
  for (const flags of GLOBAL_OPTIONS) program.option(flags, text.help.options[flags]);
  const groups = new Map<string, Program>();
  for (const command of COMMANDS) {
    const [noun = "", verb] = command.name.split(" ");
    const parent = verb === undefined ? program : groupOf(program, groups, noun);
    const sub = parent
      .command(verb ?? noun)
      .description(text.help.commands[command.name])
      .allowExcessArguments(false);
    // After the command's name, too: `awsls up --local` and `awsls --local up` are the same; listed once, in the program's help.
    for (const flags of GLOBAL_OPTIONS) sub.addOption(new Option(flags, text.help.options[flags]).hideHelp());
    for (const flags of command.options ?? []) sub.option(flags, text.help.options[flags]);
    sub.action(() => act(command, sub.optsWithGlobals()));
  }
  return program;
}

function groupOf(program: Program, groups: Map<string, Program>, noun: string): Program {
  const known = groups.get(noun);
  if (known !== undefined) return known;
  const { groups: summaries } = text.help;
  const group = program.command(noun).description(noun in summaries ? summaries[noun as GroupName] : noun);
  groups.set(noun, group);
  return group;
}

async function execute(command: Command, options: OptionValues, host: Host): Promise<number> {
  const awsls = invocationOf({
    env: host.env,
    options,
    isRecorded: () => existsSync(statePathOf(options, host.cwd())),
  });
  const reporter = await reporterFor(options, host, awsls);
  const stop = new AbortController();
  // Not `once`: a listener that is gone while it runs makes the spinner's own believe nobody else cares, and it ends the process.
  const onInterrupt = (signal: NodeJS.Signals): void => {
    if (!stop.signal.aborted) return stop.abort(new Problem("Interrupted", { command: command.name }));
    host.off("SIGINT", onInterrupt);
    host.off("SIGTERM", onInterrupt);
    host.kill(process.pid, signal);
  };
  host.on("SIGINT", onInterrupt);
  host.on("SIGTERM", onInterrupt);
  try {
    const finished = await perform(command, options, host, reporter, stop.signal);
    reporter.end();
    print(finished, options, host, awsls);
    return 0;
  } catch (error) {
    reporter.end();
    return fail(error, { options, host, reporter, awsls, signal: stop.signal });
  } finally {
    host.off("SIGINT", onInterrupt);
    host.off("SIGTERM", onInterrupt);
  }
}

async function perform(
  command: Command,
  options: OptionValues,
  host: Host,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Finished> {
  const emit = reporter.emit.bind(reporter);
  if (command.on === "local") {
    if (options["dryRun"] === true)
      throw new Problem("InvalidOption", { option: "--dry-run", value: "", must: "noDryRun" });
    const { localCloud } = await import("./local-cloud.ts");
    const cloud = localCloud(cloudFolderOf(host.cwd()), emit);
    return command.run({ emit, clock: systemClock, signal, cloud }, options);
  }
  await command.check?.(options);
  const [{ withStack }, { discardStoppedStack }] = await Promise.all([
    import("./open-stack.ts"),
    import("./close-stack.ts"),
  ]);
  const { toCodeOptions } = await import("./option-values.ts");
  const stackOptions = { ...options, ...toCodeOptions(options) };
  const ask = (question: Question): Promise<boolean> => askOnTerminal(question, options, host, reporter, signal);
  const surroundings = { cwd: host.cwd(), env: host.env, signal, emit, command: command.name, ask };
  try {
    return await withStack(stackOptions, command.purpose, surroundings, (context) => command.run(context, options));
  } catch (error) {
    if (command.purpose === "remove" && isProblem(error, "NothingHere")) {
      const { stack, lookedIn } = error.data;
      // Of the same shape as every removal, for `--json`.
      const result: RemovalResult = { stack, deleted: [], planned: [], leftAlone: [], declined: false, ms: 0 };
      return { result, lines: () => [text.results.noStack(stack, lookedIn)] };
    }
    const isLeftover = command.name === "down" && options["dryRun"] !== true && isProblem(error, "LocalCloudStopped");
    const result = isLeftover ? await discardStoppedStack(stackOptions, surroundings) : undefined;
    if (result === undefined) throw error;
    return { result, lines: () => [result.declined ? text.results.notDeleted : text.results.dataDeleted] };
  }
}

async function reporterFor(options: OptionValues, host: Host, awsls: Invocation): Promise<Reporter> {
  const { createReporter } = await import("./reporter.ts");
  return createReporter({
    stderr: host.stderr,
    isTerminal: host.stderr.isTTY && host.stdin.isTTY,
    hasColor: host.stderr.isTTY && options["color"] !== false && (host.env["NO_COLOR"] ?? "") === "",
    isVerbose: options["verbose"] === true,
    isJson: options["json"] === true,
    awsls,
    text,
  });
}

function print(finished: Finished, options: OptionValues, host: Host, awsls: Invocation): void {
  const isJson = options["json"] === true;
  const printed = isJson ? JSON.stringify(finished.result, null, 2) : finished.lines({ text, awsls }).join("\n");
  host.stdout.write(`${printed}\n`);
}

interface Failed {
  readonly options: OptionValues;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly awsls: Invocation;
  readonly signal: AbortSignal;
}

function fail(error: unknown, { options, host, reporter, awsls, signal }: Failed): number {
  const problem = signal.aborted ? new Problem("Interrupted", { command: "" }) : error;
  if (!(problem instanceof Problem)) {
    host.stderr.write(
      `${text.results.bug(problem instanceof Error ? (problem.stack ?? problem.message) : String(problem))}\n`,
    );
    return BUG;
  }
  if (options["json"] === true) {
    const { what, details, todo } = explain(text.problems, problem);
    const said = { what: withCommands(what, awsls), details, todo: withCommands(todo, awsls) };
    host.stdout.write(`${JSON.stringify({ error: { ...problem.toJSON(), ...said } }, null, 2)}\n`);
  } else {
    reporter.problem(problem);
  }
  return signal.aborted ? INTERRUPTED : problem.exitCode;
}

/** Asks where somebody can answer; elsewhere, and with `--yes`, it is agreed. */
async function askOnTerminal(
  question: Question,
  options: OptionValues,
  host: Host,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<boolean> {
  if (options["yes"] === true || !host.stdin.isTTY || !host.stderr.isTTY) return true;
  reporter.pause();
  const { listOf } = await import("./render.ts");
  const list = listOf(question.resources, text);
  const prompt = createInterface({ input: host.stdin, output: host.stderr });
  // While it asks, the terminal is raw: Ctrl-C is a key that only the prompt sees.
  let isInterrupted = false;
  prompt.once("SIGINT", () => {
    isInterrupted = true;
    prompt.close();
  });
  const closed = new Promise<string>((resolve) => prompt.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([prompt.question(text.results.askToDelete(list), { signal }), closed]);
    if (isInterrupted) throw new Problem("Interrupted", { command: "" });
    return text.results.yes.test(answer.trim());
  } finally {
    prompt.close();
  }
}
