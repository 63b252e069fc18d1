// The requests of `awsls test` as they are sent: each is waited for while a deploy settles, compared, and told.

import { isSame } from "../core/change.ts";
import type { Exchange, Expected } from "../core/exchange.ts";
import { Problem } from "../core/problem.ts";
import { startRun } from "../stack/run.ts";
import type { StackContext } from "./context.ts";
import { isApiGatewaysOwn, isUnauthorized, parseJson } from "./gateway-answer.ts";
import { type HttpAnswer, sendHttp } from "./http.ts";
import { findUndone } from "./step-missing.ts";
import type { Step } from "./test-steps.ts";

export interface Journey {
  step(step: Step): Promise<Exchange>;
  probe(path: string): Promise<HttpAnswer>;
  /** Also after Ctrl-C: the item is ours, and nobody else will delete it. */
  cleanUp(path: string): Promise<void>;
}

export interface JourneyOptions {
  readonly url: string;
  /** Takes what was sent and answered. */
  readonly exchanges: Exchange[];
  /** Sent with every request. */
  readonly accessToken?: string;
}

/** A fresh deploy may answer 404 or 500 for some seconds, or let in, or keep out, who it should not. */
const DEPLOY_MS = 30_000;
/** On this machine a deploy takes no time. */
const LOCAL_DEPLOY_MS = 2_000;
const PAUSE_MS = 500;
const CLEAN_UP_MS = 5_000;

export function startJourney(context: StackContext, { url, exchanges, accessToken }: JourneyOptions): Journey {
  const { emit, signal, clock } = context;
  const headers: Record<string, string> = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  const deadline = clock.now() + (isLoopback(url) ? LOCAL_DEPLOY_MS : DEPLOY_MS);
  const send = (method: string, path: string, json?: string, using = signal): Promise<HttpAnswer> =>
    sendTo(context, url, { method, url: url + path, headers, signal: using, ...(json === undefined ? {} : { json }) });
  let said: number | undefined;
  const sendWhenLive = async ({ method, path, sent, expected }: Omit<Step, "title">): Promise<HttpAnswer> => {
    for (;;) {
      const answer = await send(method, path, sent);
      if (isSettled(answer, expected) || clock.now() > deadline) return answer;
      // An unfinished stack will never answer; looked at only now, for it costs a call a resource.
      if (said === undefined) await requireWhole(context);
      if (said !== answer.status) {
        emit({ type: "notice", code: "WaitingForDeploy", data: { url: url + path, status: answer.status } });
        said = answer.status;
      }
      await clock.sleep(PAUSE_MS, signal);
    }
  };
  return {
    async step(step) {
      const { title, method, path, sent, expected, note } = step;
      const { status, body, ms } = await sendWhenLive(step);
      const passed = isAsExpected(expected, status, body);
      const exchange: Exchange = {
        title,
        method,
        url: url + path,
        ...(sent === undefined ? {} : { sent }),
        status,
        body,
        ms,
        passed,
        ...(passed ? {} : { expected }),
        ...(note === undefined ? {} : { note }),
      };
      exchanges.push(exchange);
      emit({ type: "exchange", ...exchange });
      return exchange;
    },
    probe: (path) => sendWhenLive({ method: "GET", path, expected: { status: 200 } }),
    async cleanUp(path) {
      await send("DELETE", path, undefined, AbortSignal.timeout(CLEAN_UP_MS)).catch(() => undefined);
    },
  };
}

async function sendTo(
  { signal }: StackContext,
  endpoint: string,
  request: Parameters<typeof sendHttp>[0],
): Promise<HttpAnswer> {
  try {
    return await sendHttp(request);
  } catch (error) {
    if (signal.aborted) throw new Problem("Interrupted", { during: "looking" }, { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem("EndpointUnreachable", { endpoint, reason });
  }
}

/** @throws {Problem} `StepMissing` */
async function requireWhole({ session, settings }: StackContext): Promise<void> {
  const undone = await findUndone(startRun(session, { settings }));
  if (undone !== undefined) throw new Problem("StepMissing", { command: "test", first: undone });
}

function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/** An answer that time will not change: the function's own, or the refusal that is expected of API Gateway. */
function isSettled(answer: HttpAnswer, expected: Expected): boolean {
  return expected.status === 401 ? isUnauthorized(answer) : !isApiGatewaysOwn(answer);
}

function isAsExpected(expected: Expected, status: number, body: string): boolean {
  const json = parseJson(body);
  if (status !== expected.status) return false;
  if (expected.body !== undefined && !isSame(json, expected.body)) return false;
  return expected.item === undefined || isListed(json, expected.item.id) === expected.item.isListed;
}

/** Undefined when it is no list. */
function isListed(list: unknown, id: string): boolean | undefined {
  if (!Array.isArray(list)) return undefined;
  return list.some((each: unknown) => typeof each === "object" && each !== null && "id" in each && each.id === id);
}
