// One command from its options to its output and exit code: everything it gives, and every way it can fail.

import type { Answer, Question, StackContext } from "../commands/context.ts";
import type { RemovalResult } from "../commands/removal.ts";
import { systemClock } from "../core/clock.ts";
import { DEFAULT_STACK } from "../core/names.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { isRecorded } from "../state/store.ts";
import type { Command, Finished, FolderCommand, LocalCommand, OptionValues, StackCommand } from "./command.ts";
import { type Host, writeJson, writeOut } from "./host.ts";
import { type Invocation, invocationOf, withCommands } from "./invocation.ts";
import { cloudFolderOf, statePathOf } from "./places.ts";
import { isMaking, isRemoving, isWriting } from "./purpose.ts";
import type { Reporter } from "./reporter.ts";
import { explain } from "./text/catalogue.ts";
import { en as text } from "./text/en.ts";

/** Exit codes of what is no problem of the catalogue. */
const EXIT = { bug: 1, interrupted: 130 } as const;

interface Execution {
  readonly options: OptionValues;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly awsls: Invocation;
  readonly signal: AbortSignal;
  readonly isEndless: boolean;
}

/** @returns the exit code */
export async function execute(command: Command, options: OptionValues, host: Host): Promise<number> {
  const statePath = statePathOf(options, host.cwd());
  const awsls = invocationOf({ env: host.env, options, isRecorded: () => isRecorded(statePath) });
  const reporter = await reporterFor(options, host, awsls);
  const stop = new AbortController();
  // Not `once`: a listener that is gone while it runs makes the spinner's own believe nobody else cares, and it ends the process.
  const onInterrupt = (signal: NodeJS.Signals): void => {
    if (!stop.signal.aborted) return stop.abort(new Problem("Interrupted", { during: "looking" }));
    host.off("SIGINT", onInterrupt);
    host.off("SIGTERM", onInterrupt);
    host.kill(process.pid, signal);
  };
  host.on("SIGINT", onInterrupt);
  host.on("SIGTERM", onInterrupt);
  const isEndless = command.on === "stack" && command.isEndless?.(options) === true;
  // Rows have no one who waits for their writing: a reader who has gone, or a full disk, ends the command from here.
  const onBrokenOutput = (error: NodeJS.ErrnoException): void => {
    const isSatisfied = error.code === "EPIPE";
    stop.abort(isSatisfied ? SATISFIED : new Problem("OutputLost", { reason: error.message }));
  };
  if (isEndless) host.stdout.on("error", onBrokenOutput);
  const execution: Execution = { options, host, reporter, awsls, signal: stop.signal, isEndless };
  try {
    const finished = await perform(command, execution);
    reporter.end();
    if (finished !== undefined) await print(finished, execution);
    return 0;
  } catch (error) {
    reporter.end();
    // Rows just end; what was being made before the first of them is told about.
    const isInMaking = isProblem(error, "Interrupted") && error.data.during === "making";
    if (isEndless && stop.signal.aborted && !isInMaking) return await endOf(stop.signal.reason, execution);
    if (command.on === "local" && command.isForShell === true) await failInShell(execution);
    return await fail(stop.signal.aborted ? interruptedIn(command) : error, execution);
  } finally {
    host.off("SIGINT", onInterrupt);
    host.off("SIGTERM", onInterrupt);
    host.stdout.off("error", onBrokenOutput);
  }
}

/**
 * `eval` of nothing succeeds, and what comes after it would go wherever the shell went before. On a terminal nobody
 * evaluates it.
 */
async function failInShell({ options, host }: Execution): Promise<void> {
  if (options["json"] === true || host.stdout.isTTY) return;
  const { shellOf } = await import("./shell.ts");
  await writeOut(host, `${shellOf(process.platform).failing}\n`).catch(() => undefined);
}

/** The reader of an endless command's rows has seen enough. */
const SATISFIED = Symbol("satisfied");

/** How an endless command ends that was stopped: nothing went wrong, unless its rows could not be written. */
async function endOf(reason: unknown, execution: Execution): Promise<number> {
  if (reason === SATISFIED) return 0;
  return isProblem(reason, "Interrupted") ? EXIT.interrupted : fail(reason, execution);
}

function perform(command: Command, execution: Execution): Promise<Finished | undefined> {
  if (command.on === "local") return performLocal(command, execution);
  return command.on === "folder" ? performInFolder(command, execution) : performOnStack(command, execution);
}

async function performInFolder(command: FolderCommand, execution: Execution): Promise<Finished> {
  const { options, host, reporter, signal } = execution;
  await command.check?.(options);
  const { withFolder } = await import("./open-folder.ts");
  const surroundings = { cwd: host.cwd(), emit: reporter.emit.bind(reporter), signal, command: command.name };
  return withFolder(options, surroundings, (context) => command.run(context, options));
}

async function performLocal(command: LocalCommand, execution: Execution): Promise<Finished> {
  const { options, host, reporter, signal } = execution;
  if (options["dryRun"] === true)
    throw new Problem("InvalidOption", { option: "--dry-run", value: "", must: "noDryRun" });
  const { localCloud } = await import("./local-cloud.ts");
  const emit = reporter.emit.bind(reporter);
  const cloud = localCloud(await localFolderOf(options, host.cwd()), emit, signal);
  const ask = async (): Promise<boolean> => (await askOnTerminal(text.results.askToReset, execution)) !== "no";
  return command.run({ emit, clock: systemClock, signal, cloud, ask }, options);
}

/** Of this folder, or of the stack whose state file is named. */
async function localFolderOf(options: OptionValues, cwd: string): Promise<string> {
  const { stack, state } = options as { readonly stack?: string; readonly state?: string };
  if (state === undefined) return cloudFolderOf(cwd);
  const { openState } = await import("../state/store.ts");
  const path = statePathOf({ state }, cwd);
  return cloudFolderOf(cwd, path, openState(path, stack ?? DEFAULT_STACK).current().target?.folder);
}

async function performOnStack(command: StackCommand, execution: Execution): Promise<Finished | undefined> {
  const { options, host, reporter, signal, isEndless } = execution;
  await command.check?.(options);
  const [{ withStack }, { discardStoppedStack, sweepCloudFolder }, { toCodeOptions }, { listOf }] = await Promise.all([
    import("./open-stack.ts"),
    import("./close-stack.ts"),
    import("./option-values.ts"),
    import("./render.ts"),
  ]);
  const stackOptions = { ...options, ...toCodeOptions(options) };
  const ask = (question: Question): Promise<Answer> => {
    const { askToDelete, askToTakeOver } = text.results;
    if (question.about === "removal") return askOnTerminal(askToDelete(listOf(question.resources, text)), execution);
    return askOnTerminal(askToTakeOver(question), execution);
  };
  const emit = reporter.emit.bind(reporter);
  const { name, deploys = () => [] } = command;
  const surroundings = { cwd: host.cwd(), env: host.env, signal, emit, command: name, deploys, ask };
  try {
    const work = (context: StackContext): Promise<Finished | undefined> => command.run(context, options);
    const finished = await withStack(stackOptions, command.purpose, surroundings, work).catch((error: unknown) => {
      throw isProblem(signal.reason, "Interrupted") ? interruptedIn(command) : error;
    });
    if (isEndless && command.follow !== undefined) {
      const { watchContext } = await import("./watch-context.ts");
      await command.follow(watchContext(stackOptions, surroundings));
    }
    return finished;
  } catch (error) {
    if (isRemoving(command.purpose) && isProblem(error, "NothingHere")) {
      const { stack, lookedIn } = error.data;
      if (options["dryRun"] !== true) await sweepCloudFolder(stackOptions, surroundings);
      // Of the same shape as every removal, for `--json`.
      const nothing = { deleted: [], planned: [], leftAlone: [], inUse: [], declined: false, ms: 0 };
      const result: RemovalResult = { stack, ...nothing };
      return { result, lines: () => [text.results.noStack(stack, lookedIn)] };
    }
    const isDown = command.name === "down" && options["dryRun"] !== true;
    if (!isDown || !(isProblem(error, "LocalCloudStopped") || isProblem(error, "LocalDataGone"))) throw error;
    const result = await discardStoppedStack(stackOptions, surroundings);
    return { result, lines: () => [result.declined ? text.results.notDeleted : text.results.dataDeleted] };
  }
}

async function reporterFor(options: OptionValues, host: Host, awsls: Invocation): Promise<Reporter> {
  const [{ createReporter }, { shellOf }] = await Promise.all([import("./reporter.ts"), import("./shell.ts")]);
  return createReporter({
    stderr: host.stderr,
    stdout: host.stdout,
    isTerminal: host.stderr.isTTY && host.stdin.isTTY,
    wantsColor: options["color"] !== false && (host.env["NO_COLOR"] ?? "") === "",
    isVerbose: options["verbose"] === true,
    isJson: options["json"] === true,
    awsls,
    shell: shellOf(process.platform),
    text,
  });
}

/** @throws {Problem} `OutputLost` */
function print(finished: Finished, { options, host, reporter, awsls }: Execution): Promise<void> {
  const isJson = options["json"] === true;
  return isJson
    ? writeJson(host, finished.result)
    : writeOut(host, `${finished.lines({ text, awsls, look: reporter.look }).join("\n")}\n`);
}

/**
 * What went wrong where no command runs: help that could not be printed.
 * @returns the exit code
 */
export async function failWithoutCommand(error: unknown, host: Host): Promise<number> {
  const awsls = invocationOf({ env: host.env, options: {}, isRecorded: () => false });
  return fail(error, { options: {}, host, awsls, isEndless: false, reporter: await reporterFor({}, host, awsls) });
}

function interruptedIn(command: Command): Problem {
  if (command.on !== "stack" || !isWriting(command.purpose)) return new Problem("Interrupted", { during: "looking" });
  return new Problem("Interrupted", { during: isMaking(command.purpose) ? "making" : "removing" });
}

async function fail(
  thrown: unknown,
  {
    options,
    host,
    reporter,
    awsls,
    isEndless,
  }: Pick<Execution, "options" | "host" | "reporter" | "awsls" | "isEndless">,
): Promise<number> {
  // What is no longer heard on stdout is said on stderr.
  const isJson = options["json"] === true && !isProblem(thrown, "OutputLost");
  const write = (document: object): Promise<void> => writeJson(host, { error: document }, isEndless ? 0 : 2);
  if (!(thrown instanceof Problem)) {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    host.stderr.write(`${text.results.bug(stack)}\n`);
    if (isJson) await write({ code: "Bug", data: {}, what: stack }).catch(() => undefined);
    return EXIT.bug;
  }
  if (isJson) {
    const { what, details, todo } = explain(text.problems, thrown);
    const said = { what: withCommands(what, awsls), details, todo: withCommands(todo, awsls) };
    await write({ ...thrown.toJSON(), ...said }).catch(() => reporter.problem(thrown));
  } else {
    reporter.problem(thrown);
  }
  return thrown.exitCode;
}

/** Asks where somebody can answer. */
async function askOnTerminal(question: string, { options, host, reporter, signal }: Execution): Promise<Answer> {
  if (options["yes"] === true) return "beforehand";
  if (!host.stdin.isTTY || !host.stderr.isTTY) return "unasked";
  reporter.pause();
  const { createInterface } = await import("node:readline/promises");
  const prompt = createInterface({ input: host.stdin, output: host.stderr });
  // While it asks, the terminal is raw: Ctrl-C is a key that only the prompt sees.
  let isInterrupted = false;
  prompt.once("SIGINT", () => {
    isInterrupted = true;
    prompt.close();
  });
  const closed = new Promise<string>((resolve) => prompt.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([prompt.question(question, { signal }), closed]);
    if (isInterrupted) throw new Problem("Interrupted", { during: "asking" });
    return text.results.yes.test(answer.trim()) ? "yes" : "no";
  } finally {
    prompt.close();
  }
}
