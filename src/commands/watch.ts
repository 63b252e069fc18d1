// `awsls up --watch`: every save of a handler is live soon afterwards, and a broken one is not deployed.

import type { HandlerName } from "../core/names.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { checkSyntax, traceOf } from "../stack/code.ts";
import { changeFunction } from "../stack/change-function.ts";
import { startRun } from "../stack/run.ts";
import type { LoadFailure, StackContext, WatchContext, Watched } from "./context.ts";

/**
 * How often the folder is looked at. Events of the file system would be a little faster, and would not come at all for
 * what Windows saves into a folder that WSL works in, nor from network drives and containers' volumes.
 */
const LOOK_MS = 200;
/** As long as that nothing may change, for an editor may write in several steps. */
const SETTLED_MS = 50;
/** For another command that is at work on the stack. */
const LOCKED_MS = 60_000;

/** What one save came to. */
type Result = { readonly isLive: true; readonly sha256: string } | { readonly isLive: false } | "gone";

/** What was last seen of one handler. */
interface Round {
  /** Folder and contents. */
  readonly seen: string;
  readonly folder: string;
  readonly last: Result;
  /** What `up` deployed could not be loaded here, and so; it is live all the same. */
  readonly doubt?: string;
}

/**
 * Goes on until the signal, or until the stack is gone. Between two saves the stack's lock is free.
 * @throws the signal's reason
 */
export async function watchCode(context: WatchContext): Promise<void> {
  const { clock, signal, emit, stack } = context;
  const rounds = new Map<HandlerName, Round>();
  while (rounds.get("crud")?.last !== "gone") {
    const all = context.look();
    if (all.length === 0) break;
    for (const watched of all) rounds.set(watched.handler, await lookAt(context, watched, rounds.get(watched.handler)));
    await clock.sleep(LOOK_MS, signal);
  }
  emit({ type: "row", row: { kind: "gone", at: clock.now(), stack } });
}

async function lookAt(context: WatchContext, watched: Watched, before: Round | undefined): Promise<Round> {
  const { folder } = watched.source;
  if (before !== undefined && `${folder}\n${await traceOf(watched.source)}` === before.seen) return before;
  // What is saved from here on makes another round: the last state is deployed, and once.
  const seen = `${folder}\n${await settledTrace(context, watched)}`;
  const last = await deploy(context, watched, before);
  const failure = before === undefined ? await watched.tryLoading() : undefined;
  // Another one when it was ejected meanwhile.
  if (folder !== before?.folder && last !== "gone") announce(context, watched);
  return { ...before, seen, folder, last, ...(failure && { doubt: textOf(failure) }) };
}

function announce({ emit, clock }: WatchContext, { handler, source, url, isInstalled }: Watched): void {
  const { folder } = source;
  emit({ type: "row", row: { kind: "watching", at: clock.now(), function: handler, folder, url } });
  if (isInstalled) emit({ type: "notice", code: "HandlerInstalled", data: { folder } });
}

async function settledTrace({ clock, signal }: WatchContext, { source }: Watched): Promise<string> {
  for (let before = await traceOf(source); ;) {
    await clock.sleep(SETTLED_MS, signal);
    const now = await traceOf(source);
    if (now === before) return now;
    before = now;
  }
}

/** @param before undefined for the first look, at what `up` has just deployed */
async function deploy(context: WatchContext, watched: Watched, before: Round | undefined): Promise<Result> {
  const { clock, signal, emit } = context;
  const { handler } = watched;
  const started = clock.now();
  const wasLive = typeof before?.last === "object" && before.last.isLive ? before.last.sha256 : undefined;
  try {
    const code = await watched.pack();
    const { sha256 } = code;
    if (sha256 === wasLive) return { isLive: true, sha256 };
    const doubt = before === undefined ? undefined : await requireLoadable(watched, before.doubt);
    const send = ({ session, settings }: StackContext): ReturnType<typeof changeFunction> =>
      changeFunction(startRun(session, { settings }), handler, () => ({ code }), "none");
    const outcome = await whenFree(context, () => context.reopen(send));
    if (outcome === "gone") return "gone";
    const ms = clock.now() - started;
    const row = { kind: "live", at: clock.now(), function: handler, sha256, ms, ...(doubt && { doubt }) } as const;
    if (outcome === "changed" || before !== undefined) emit({ type: "row", row });
    return { isLive: true, sha256 };
  } catch (error) {
    if (!(error instanceof Problem) || signal.aborted) throw error;
    if (isProblem(error, "NothingHere") || isProblem(error, "LocalDataGone")) return "gone";
    emit({ type: "row", row: { kind: "refused", at: clock.now(), function: handler, problem: error } });
    return { isLive: false };
  }
}

/**
 * @param known how what `up` deployed failed, when it was loaded here: for a reason that is this machine's alone, perhaps
 * @returns the same once more: it need not fail where the function runs
 * @throws {Problem} `HandlerSyntax`, `HandlerUnloadable`
 */
async function requireLoadable(watched: Watched, known: string | undefined): Promise<string | undefined> {
  const trial = watched.tryLoading();
  // Node's own words come first: they show the line.
  await Promise.all([checkSyntax(watched.source), trial]);
  const failure = await trial;
  if (failure === undefined) return undefined;
  const { errorType, errorMessage: message, trace } = failure;
  if (textOf(failure) === known) return known;
  throw new Problem("HandlerUnloadable", { folder: watched.source.folder, errorType, message, trace });
}

function textOf({ errorType, errorMessage }: LoadFailure): string {
  return `${errorType}: ${errorMessage}`;
}

/** @throws {Problem} `StateLocked` when another command is at work for very long */
async function whenFree<T>({ clock, signal }: WatchContext, work: () => Promise<T>): Promise<T> {
  const deadline = clock.now() + LOCKED_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isProblem(error, "StateLocked") || clock.now() > deadline) throw error;
      await clock.sleep(LOOK_MS, signal);
    }
  }
}
