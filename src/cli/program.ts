// Commander's program from the command table; every outcome becomes output and an exit code here.

import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Command as Program, CommanderError, Option } from "commander";
import type { Question } from "../commands/context.ts";
import type { RemovalResult } from "../commands/removal.ts";
import { systemClock } from "../core/clock.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { type Command, COMMANDS, type Finished, type OptionValues } from "./commands.ts";
import { type Invocation, invocationOf, withCommands } from "./invocation.ts";
import { packageVersion } from "./package-root.ts";
import { cloudFolderOf, statePathOf } from "./places.ts";
import type { Reporter } from "./reporter.ts";
import { en } from "./text/en.ts";

export type Host = Pick<NodeJS.Process, "env" | "stdin" | "stdout" | "stderr" | "cwd" | "on" | "off" | "kill">;

const USAGE = 2;
const BUG = 1;
const INTERRUPTED = 130;

const GLOBAL_OPTIONS: readonly (readonly [string, string])[] = [
  ["--local", "on a local cloud: no account, nothing leaves this machine"],
  ["--stack <name>", "another stack than http-crud-tutorial"],
  ["--profile <name>", "a profile of the AWS config files"],
  ["--region <region>", "the AWS region"],
  ["--endpoint-url <url>", "another AWS-compatible endpoint"],
  ["--state <file>", "another state file than .awsls/<stack>.json"],
  ["--json", "one JSON document on stdout"],
  ["-y, --yes", "do not ask before deleting"],
  ["--dry-run", "show what would change, change nothing"],
  ["--verbose", "show each AWS call"],
  ["--no-color", "no colours"],
];

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
    .description("AWS's serverless tutorial from your terminal: on AWS, or on a local cloud that needs no account")
    .version(packageVersion(), "-v, --version")
    .helpCommand("help [command]", "what a command does and takes")
    .showHelpAfterError("Run `awsls --help` for all commands.")
    .configureOutput({ writeOut: (text) => host.stdout.write(text), writeErr: (text) => host.stderr.write(text) })
    .exitOverride();
  for (const [flags, text] of GLOBAL_OPTIONS) program.option(flags, text);
  const groups = new Map<string, Program>();
  for (const command of COMMANDS) {
    const [noun = "", verb] = command.name.split(" ");
    const parent = verb === undefined ? program : groupOf(program, groups, noun);
    const sub = parent
      .command(verb ?? noun)
      .description(command.summary)
      .allowExcessArguments(false);
    // After the command's name, too: `awsls up --local` and `awsls --local up` are the same; listed once, in the program's help.
    for (const [flags, text] of GLOBAL_OPTIONS) sub.addOption(new Option(flags, text).hideHelp());
    for (const [flags, text] of Object.entries(command.options ?? {})) sub.option(flags, text);
    sub.action(() => act(command, sub.optsWithGlobals()));
  }
  return program;
}

const GROUPS: Readonly<Record<string, string>> = {
  table: "step 1: create, show, items, delete",
  function: "step 2: create, show, delete",
  api: "step 3: create, show, delete",
  routes: "steps 4 and 6: create, list, attach, detach, delete",
  integration: "step 5: create, show, delete",
  local: "the local cloud: start, stop, status, reset, env",
};

function groupOf(program: Program, groups: Map<string, Program>, noun: string): Program {
  const known = groups.get(noun);
  if (known !== undefined) return known;
  const group = program.command(noun).description(GROUPS[noun] ?? noun);
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
    return explain(error, { options, host, reporter, awsls, signal: stop.signal });
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
      return { result, lines: () => [`Nothing to do: there is no stack ${stack} here (looked for ${lookedIn}).`] };
    }
    const isLeftover = command.name === "down" && options["dryRun"] !== true && isProblem(error, "LocalCloudStopped");
    const result = isLeftover ? await discardStoppedStack(stackOptions, surroundings) : undefined;
    if (result === undefined) throw error;
    const line = result.declined
      ? "Nothing was deleted."
      : "The local cloud was not running: its data is deleted, nothing is left.";
    return { result, lines: () => [line] };
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
  });
}

function print(finished: Finished, options: OptionValues, host: Host, awsls: Invocation): void {
  const text = options["json"] === true ? JSON.stringify(finished.result, null, 2) : finished.lines(awsls).join("\n");
  host.stdout.write(`${text}\n`);
}

interface Failed {
  readonly options: OptionValues;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly awsls: Invocation;
  readonly signal: AbortSignal;
}

function explain(error: unknown, { options, host, reporter, awsls, signal }: Failed): number {
  const problem = signal.aborted ? new Problem("Interrupted", { command: "" }) : error;
  if (!(problem instanceof Problem)) {
    host.stderr.write(`${en.bug(problem instanceof Error ? (problem.stack ?? problem.message) : String(problem))}\n`);
    return BUG;
  }
  if (options["json"] === true) {
    const { what, details, todo } = en.problem(problem);
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
  const list = question.resources.map(({ component, name }) => `  - ${en.label(component)} ${name}`).join("\n");
  const prompt = createInterface({ input: host.stdin, output: host.stderr });
  // While it asks, the terminal is raw: Ctrl-C is a key that only the prompt sees.
  let isInterrupted = false;
  prompt.once("SIGINT", () => {
    isInterrupted = true;
    prompt.close();
  });
  const closed = new Promise<string>((resolve) => prompt.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([prompt.question(`This deletes:\n${list}\nGo on? [y/N] `, { signal }), closed]);
    if (isInterrupted) throw new Problem("Interrupted", { command: "" });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
