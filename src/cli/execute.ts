// One command from its options to its output and exit code: everything it gives, and every way it can fail.

import type { Answer, Question, StackContext } from "../commands/context.ts";
import type { RemovalResult } from "../commands/removal.ts";
import { systemClock } from "../core/clock.ts";
import { DEFAULT_STACK } from "../core/names.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { isRecorded } from "../state/store.ts";
import type { Asking } from "./ask-on-terminal.ts";
import type {
  Command,
  Finished,
  FolderCommand,
  LocalCommand,
  OfflineWork,
  OptionValues,
  StackCommand,
} from "./command.ts";
import { harmless } from "./harmless.ts";
import { type Host, wantsColor, writeJson, writeOut } from "./host.ts";
import { type Invocation, invocationOf } from "./invocation.ts";
import { cloudFolderOf, statePathOf } from "./places.ts";
import { isMaking, isRemoving, isWriting } from "./purpose.ts";
import type { Words } from "./render.ts";
import type { Reporter } from "./reporter.ts";
import { en as text } from "./text/en.ts";

/** Exit codes of what is no problem of the catalogue. */
const EXIT = { bug: 1, failed: 5, interrupted: 130 } as const;

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
    if (finished) await print(finished, execution);
    return finished?.hasFailed === true ? EXIT.failed : 0;
  } catch (error) {
    reporter.end();
    // Rows just end; what was being made before the first of them is told about.
    const isInMaking = isProblem(error, "Interrupted") && error.data.during === "making";
    if (isEndless && stop.signal.aborted && !isInMaking) return await endOf(stop.signal.reason, execution);
    const isInWaiting = isProblem(error, "Interrupted") && error.data.during === "waiting";
    return await fail(
      stop.signal.aborted && !isInWaiting ? interruptedIn(command) : withHelp(error, command),
      execution,
    );
  } finally {
    host.off("SIGINT", onInterrupt);
    host.off("SIGTERM", onInterrupt);
    host.stdout.off("error", onBrokenOutput);
  }
}

/** The reader of an endless command's rows has seen enough. */
const SATISFIED = Symbol("satisfied");

/** How an endless command ends that was stopped: nothing went wrong, unless its rows could not be written. */
async function endOf(reason: unknown, execution: Execution): Promise<number> {
  if (reason === SATISFIED) return 0;
  return isProblem(reason, "Interrupted") ? EXIT.interrupted : fail(reason, execution);
}

function perform(command: Command, execution: Execution): Promise<Finished | void> {
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
  const [{ localCloud }, { askOnTerminal }] = await Promise.all([
    import("./local-cloud.ts"),
    import("./ask-on-terminal.ts"),
  ]);
  const emit = reporter.emit.bind(reporter);
  const cloud = localCloud(await localFolderOf(options, host.cwd()), emit, signal);
  const ask = async (): Promise<boolean> =>
    (await askOnTerminal(text.results.askToReset, askingIn(execution))) !== "no";
  return command.run({ emit, clock: systemClock, signal, cloud, env: host.env, ask }, options);
}

/** Of this folder, or of the stack whose state file is named. */
async function localFolderOf(options: OptionValues, cwd: string): Promise<string> {
  const { stack, state } = options as { readonly stack?: string; readonly state?: string };
  if (state === undefined) return cloudFolderOf(cwd);
  const { openState } = await import("../state/store.ts");
  const path = statePathOf({ state }, cwd);
  return cloudFolderOf(cwd, path, openState(path, stack ?? DEFAULT_STACK).current().target?.folder);
}

async function performOnStack(command: StackCommand, execution: Execution): Promise<Finished | void> {
  const { options, host, reporter, signal } = execution;
  await command.check?.(options);
  if (command.offline?.when(options) === "always") return performOffline(command.offline, execution);
  const [
    { withStack },
    { discardStoppedStack, sweepCloudFolder },
    { toCodeOptions },
    { askOnTerminal, wordsOf },
    { entriesOf },
  ] = await Promise.all([
    import("./open-stack.ts"),
    import("./close-stack.ts"),
    import("./option-values.ts"),
    import("./ask-on-terminal.ts"),
    import("./enter.ts"),
  ]);
  const stackOptions = { ...options, ...toCodeOptions(options) };
  const ask = (question: Question): Promise<Answer> => askOnTerminal(wordsOf(question, text), askingIn(execution));
  const entries = entriesOf({ text, host, reporter, signal, options });
  const emit = reporter.emit.bind(reporter);
  const { name, deploys = () => [] } = command;
  const { enter } = entries;
  const surroundings = { cwd: host.cwd(), env: host.env, signal, emit, command: name, deploys, ask, enter };
  try {
    const work = (context: StackContext): ReturnType<StackCommand["run"]> => command.run(context, options);
    const done = await withStack(stackOptions, command.purpose, surroundings, work).catch((error: unknown) => {
      throw isProblem(signal.reason, "Interrupted") ? interruptedIn(command) : ofCommand(error, command);
    });
    if (done === undefined || !("follow" in done)) return done;
    const { watchContext } = await import("./watch-context.ts");
    return await done.follow(watchContext(stackOptions, surroundings)).catch((error: unknown) => {
      throw isProblem(signal.reason, "Interrupted") ? new Problem("Interrupted", { during: "waiting" }) : error;
    });
  } catch (error) {
    if (command.offline?.when(options) === "vacant" && (await import("./offline.ts")).isVacant(error)) {
      return await performOffline(command.offline, execution);
    }
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
  } finally {
    entries.close();
  }
}

async function performOffline(work: OfflineWork, { options, host, reporter }: Execution): Promise<Finished> {
  const { offlineContext } = await import("./offline.ts");
  return work.run(await offlineContext(options, host, reporter.emit.bind(reporter)), options);
}

function askingIn({ options, host, reporter, signal }: Execution): Asking {
  return { text, host, reporter, signal, isAgreed: options["yes"] === true };
}

async function reporterFor(options: OptionValues, host: Host, awsls: Invocation): Promise<Reporter> {
  const [{ createReporter }, { shellOf }] = await Promise.all([import("./reporter.ts"), import("./shell.ts")]);
  return createReporter({
    stderr: host.stderr,
    stdout: host.stdout,
    isTerminal: host.stderr.isTTY && host.stdin.isTTY,
    wantsColor: wantsColor(options, host.env),
    isVerbose: options["verbose"] === true,
    isJson: options["json"] === true,
    awsls,
    shell: shellOf(process.platform),
    text,
  });
}

/** @throws {Problem} `OutputLost` */
function print(finished: Finished, { options, host, reporter, awsls }: Execution): Promise<void> {
  const words: Words = { text, awsls, look: reporter.look };
  if (options["json"] === true) return writeJson(host, finished.document?.(words) ?? finished.result);
  const lines = finished.lines(words).join("\n");
  // Names, tags and texts in it may be anybody's.
  return writeOut(host, `${finished.isPainted === true ? lines : harmless(lines)}\n`);
}

/**
 * What went wrong where no command runs: help that could not be printed.
 * @returns the exit code
 */
export async function failWithoutCommand(error: unknown, host: Host): Promise<number> {
  const awsls = invocationOf({ env: host.env, options: {}, isRecorded: () => false });
  return fail(error, { options: {}, host, isEndless: false, reporter: await reporterFor({}, host, awsls) });
}

/** What stopped it is somebody else's: what to do about that is this command's own. */
function ofCommand(error: unknown, { name: command, options = [] }: StackCommand): unknown {
  const stopped = { command, canAdopt: options.includes("--adopt") };
  if (isProblem(error, "Foreign")) return new Problem("Foreign", { ...error.data, stopped }, { cause: error });
  if (isProblem(error, "OtherOrigin")) return new Problem("OtherOrigin", { ...error.data, stopped }, { cause: error });
  return error;
}

function interruptedIn(command: Command): Problem {
  if (command.on !== "stack" || !isWriting(command.purpose)) return new Problem("Interrupted", { during: "looking" });
  return new Problem("Interrupted", { during: isMaking(command.purpose) ? "making" : "removing" });
}

/** An option that cannot be, or is missing, is explained where the command's are. */
function withHelp(error: unknown, { name: command }: Command): unknown {
  if (isProblem(error, "ValueMissing")) return new Problem("ValueMissing", { ...error.data, command });
  return isProblem(error, "InvalidOption") ? new Problem("InvalidOption", { ...error.data, command }) : error;
}

async function fail(
  thrown: unknown,
  { options, host, reporter, isEndless }: Pick<Execution, "options" | "host" | "reporter" | "isEndless">,
): Promise<number> {
  // What is no longer heard on stdout is said on stderr.
  const isJson = options["json"] === true && !isProblem(thrown, "OutputLost");
  const write = (document: object): Promise<void> => writeJson(host, { error: document }, isEndless ? 0 : 2);
  if (!(thrown instanceof Problem)) {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    host.stderr.write(`${harmless(text.results.bug(stack))}\n`);
    if (isJson) await write({ code: "Bug", data: {}, what: stack }).catch(() => undefined);
    return EXIT.bug;
  }
  if (isJson) {
    const { what, details, todo } = reporter.explained(thrown);
    const said = { what, details, todo };
    await write({ ...thrown.toJSON(), ...said }).catch(() => reporter.problem(thrown));
  } else {
    reporter.problem(thrown);
  }
  return thrown.exitCode;
}
