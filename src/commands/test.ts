// `awsls test`: step 7. List, put, get, delete, list again against the live URL, cleaning up its own item.

import { randomBytes } from "node:crypto";
import { Problem } from "../core/problem.ts";
import { isSame } from "../core/change.ts";
import type { Exchange, Expected } from "../core/exchange.ts";
import { componentOf } from "../stack/components.ts";
import { observe, requireOurs } from "../stack/observe.ts";
import { startRun } from "../stack/run.ts";
import type { StackContext } from "./context.ts";
import { type HttpAnswer, sendHttp } from "./http.ts";
import { findUndone, stepMissing } from "./step-missing.ts";

export interface TestOptions {
  readonly id?: string;
  readonly price?: number;
  readonly name?: string;
  /** Leaves the item in the table. */
  readonly keep?: boolean;
}

/** What would be sent. */
export type PlannedRequest = Pick<Exchange, "method" | "url" | "sent">;

export interface TestResult {
  readonly stack: string;
  readonly url: string;
  readonly item: Item;
  readonly exchanges: readonly Exchange[];
  /** With `--dry-run`. */
  readonly planned: readonly PlannedRequest[];
  readonly kept: boolean;
}

interface Item {
  readonly id: string;
  readonly price: number;
  readonly name: string;
}

/** The tutorial's own item. */
const TUTORIAL_ITEM: Item = { id: "123", price: 12_345, name: "myitem" };
/** A fresh deploy may answer 404 or 500 for some seconds. */
const DEPLOY_MS = 30_000;
/** On this machine a deploy takes no time. */
const LOCAL_DEPLOY_MS = 2_000;
const PAUSE_MS = 500;

/**
 * Exercises the API as the tutorial does.
 * @throws {Problem} `StepMissing` without an API, `ItemExists` for an `--id` that is taken, `TestFailed` (exit 5)
 */
export async function test(context: StackContext, options: TestOptions): Promise<TestResult> {
  const url = await findUrl(context);
  const { stack } = context.session.names;
  const kept = options.keep === true;
  if (context.dryRun) {
    const item = { ...itemOf(options), id: options.id ?? TUTORIAL_ITEM.id };
    const planned = [LIST, ...stepsWith(item, kept)].map(({ method, path, sent }) => ({
      method,
      url: url + path,
      ...(sent === undefined ? {} : { sent }),
    }));
    return { stack, url, item, exchanges: [], planned, kept };
  }
  const journey = startJourney(context, url);
  await journey.step(LIST);
  const item = await chooseItem(context, journey, options);
  let isDeleted = false;
  try {
    for (const step of stepsWith(item, kept)) {
      const { passed } = await journey.step(step);
      isDeleted ||= step.method === "DELETE" && passed;
    }
  } finally {
    // From the first try to store it on the item may be there, whatever the answers said.
    if (!isDeleted && !kept) await journey.cleanUp(pathOf(item.id));
  }
  const { exchanges } = journey;
  const failed = exchanges.filter(({ passed }) => !passed).length;
  if (failed > 0) throw new Problem("TestFailed", { failed, total: exchanges.length, exchanges });
  return { stack, url, item, exchanges, planned: [], kept };
}

interface Step {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly sent?: string;
  readonly expected: Expected;
}

const LIST: Step = { title: "list", method: "GET", path: "/items", expected: { status: 200 } };

/** What the tutorial does after its first look at the list. */
function stepsWith(item: Item, isKept: boolean): Step[] {
  const { id } = item;
  const path = pathOf(id);
  const sent = JSON.stringify(item);
  return [
    { title: "put", method: "PUT", path: "/items", sent, expected: { status: 200, body: `Put item ${id}` } },
    { title: "get", method: "GET", path, expected: { status: 200, body: item } },
    ...(isKept
      ? []
      : [{ title: "delete", method: "DELETE", path, expected: { status: 200, body: `Deleted item ${id}` } }]),
    { ...LIST, title: "list again", expected: { status: 200, item: { id, isListed: isKept } } },
  ];
}

async function findUrl(context: StackContext): Promise<string> {
  const run = startRun(context.session, { settings: context.settings });
  const component = componentOf("api");
  await observe(run, [component]);
  // Somebody else's API has somebody else's items.
  requireOurs(run, [component]);
  const api = run.inputs.output("api");
  if (api === undefined) throw await stepMissing(context, "test", "api create");
  return api.apiEndpoint;
}

interface Journey {
  readonly exchanges: Exchange[];
  step(step: Step): Promise<Exchange>;
  probe(path: string): Promise<HttpAnswer>;
  cleanUp(path: string): Promise<void>;
}

function startJourney(context: StackContext, url: string): Journey {
  const { emit, clock, signal, session, settings } = context;
  const exchanges: Exchange[] = [];
  const send = async (method: string, path: string, json?: string, using = signal): Promise<HttpAnswer> => {
    try {
      return await sendHttp({ method, url: url + path, signal: using, ...(json === undefined ? {} : { json }) });
    } catch (error) {
      if (signal.aborted) throw new Problem("Interrupted", { during: "looking" }, { cause: error });
      throw new Problem("EndpointUnreachable", {
        endpoint: url,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  };
  const deadline = clock.now() + (isLoopback(url) ? LOCAL_DEPLOY_MS : DEPLOY_MS);
  let said: number | undefined;
  const sendWhenLive = async (method: string, path: string, json?: string): Promise<HttpAnswer> => {
    for (;;) {
      const answer = await send(method, path, json);
      if (!isApiGatewaysOwn(answer) || clock.now() > deadline) return answer;
      // An unfinished stack will never answer; looked at only now, for it costs a call a resource.
      const undone = said === undefined ? await findUndone(startRun(session, { settings })) : undefined;
      if (undone !== undefined) throw new Problem("StepMissing", { command: "test", first: undone });
      if (said !== answer.status) {
        emit({ type: "notice", code: "WaitingForDeploy", data: { url: url + path, status: answer.status } });
        said = answer.status;
      }
      await clock.sleep(PAUSE_MS, signal);
    }
  };
  return {
    exchanges,
    async step({ title, method, path, sent, expected }) {
      const { status, body, ms } = await sendWhenLive(method, path, sent);
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
      };
      exchanges.push(exchange);
      emit({ type: "exchange", ...exchange });
      return exchange;
    },
    probe: (path) => sendWhenLive("GET", path),
    async cleanUp(path) {
      // Also after Ctrl-C: the item is ours, and nobody else will delete it.
      await send("DELETE", path, undefined, AbortSignal.timeout(5_000)).catch(() => undefined);
    },
  };
}

/** The given item, or the tutorial's own under a fresh id when somebody put one of that id before. */
async function chooseItem({ emit }: StackContext, journey: Journey, options: TestOptions): Promise<Item> {
  const given = itemOf(options);
  const { id } = options;
  const wanted = id ?? TUTORIAL_ITEM.id;
  const answer = await journey.probe(pathOf(wanted));
  // Only the handler's own word that there is none frees the id: anything else may hide an item.
  if (answer.status === 404 && !isApiGatewaysOwn(answer)) {
    emit({ type: "notice", code: "ItemLookedFor", data: { id: wanted } });
    return { id: wanted, ...given };
  }
  if (answer.status !== 200) throw new Problem("ItemUnknown", { id: wanted, status: answer.status, body: answer.body });
  if (id !== undefined) throw new Problem("ItemExists", { id });
  const using = `${TUTORIAL_ITEM.id}-${randomBytes(4).toString("hex")}`;
  emit({ type: "notice", code: "ItemLookedFor", data: { id: wanted, using } });
  return { id: using, ...given };
}

function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/**
 * API Gateway's own words, for a route that is not deployed yet, a permission or a role that has not spread yet: the
 * function did not run to its end, so the request may be sent again.
 */
function isApiGatewaysOwn({ status, body }: HttpAnswer): boolean {
  const words = [
    [403, "Forbidden"],
    [404, "Not Found"],
    [500, "Internal Server Error"],
    [503, "Service Unavailable"],
  ] as const;
  return words.some(([code, message]) => status === code && isSame(parse(body), { message }));
}

function itemOf({ price, name }: TestOptions): Omit<Item, "id"> {
  return { price: price ?? TUTORIAL_ITEM.price, name: name ?? TUTORIAL_ITEM.name };
}

function pathOf(id: string): string {
  return `/items/${encodeURIComponent(id)}`;
}

function isAsExpected(expected: Expected, status: number, body: string): boolean {
  const json = parse(body);
  if (status !== expected.status) return false;
  if (expected.body !== undefined && !isSame(json, expected.body)) return false;
  return expected.item === undefined || isListed(json, expected.item.id) === expected.item.isListed;
}

/** Undefined when it is no list. */
function isListed(list: unknown, id: string): boolean | undefined {
  if (!Array.isArray(list)) return undefined;
  return list.some((each: unknown) => typeof each === "object" && each !== null && "id" in each && each.id === id);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
