// `awsls test`: step 7. List, put, get, delete, list again against the live URL, cleaning up its own item.

import { randomBytes } from "node:crypto";
import { Problem } from "../core/problem.ts";
import { isSame } from "../core/change.ts";
import type { Exchange } from "../core/exchange.ts";
import { componentOf } from "../stack/components.ts";
import { observe, requireOurs } from "../stack/observe.ts";
import { firstUndone } from "../stack/progress.ts";
import { startRun } from "../stack/run.ts";
import { ownComponents } from "../stack/settings.ts";
import type { StackContext } from "./context.ts";
import { type HttpAnswer, sendHttp } from "./http.ts";

export interface TestOptions {
  readonly id?: string;
  readonly price?: number;
  readonly name?: string;
  /** Leaves the item in the table. */
  readonly keep?: boolean;
}

/** What would be sent. */
export interface PlannedRequest {
  readonly method: string;
  readonly url: string;
  readonly sent?: string;
}

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
    return { stack, url, item, exchanges: [], planned: requestsFor(url, item, kept), kept };
  }
  const journey = startJourney(context, url);
  await journey.step("list", "GET", "/items", {
    expect: (answer) => (answer.status === 200 ? undefined : "200"),
  });
  const item = await chooseItem(journey, options);
  const path = pathOf(item.id);
  // From here on the item may be there, whatever the answer says.
  let isStored = true;
  try {
    await journey.step("put", "PUT", "/items", { json: JSON.stringify(item), expect: jsonIs(`Put item ${item.id}`) });
    await journey.step("get", "GET", path, { expect: jsonIs(item) });
    if (!kept) {
      const deleted = await journey.step("delete", "DELETE", path, { expect: jsonIs(`Deleted item ${item.id}`) });
      isStored = !deleted.passed;
    }
    await journey.step("list again", "GET", "/items", { expect: listHas(item.id, kept) });
  } finally {
    if (isStored && !kept) await journey.cleanUp(path);
  }
  const { exchanges } = journey;
  const failed = exchanges.filter(({ passed }) => !passed).length;
  if (failed > 0) throw new Problem("TestFailed", { failed, total: exchanges.length, exchanges });
  return { stack, url, item, exchanges, planned: [], kept };
}

function requestsFor(url: string, item: Item, isKept: boolean): PlannedRequest[] {
  const list = { method: "GET", url: `${url}/items` };
  const one = `${url}${pathOf(item.id)}`;
  return [
    list,
    { method: "PUT", url: `${url}/items`, sent: JSON.stringify(item) },
    { method: "GET", url: one },
    ...(isKept ? [] : [{ method: "DELETE", url: one }]),
    list,
  ];
}

async function findUrl(context: StackContext): Promise<string> {
  const run = startRun(context.session, { settings: context.settings });
  const component = componentOf("api");
  await observe(run, [component]);
  // Somebody else's API has somebody else's items.
  requireOurs(run, [component]);
  const api = run.inputs.output("api");
  if (api === undefined)
    throw new Problem("StepMissing", { command: "test", first: (await findUndone(context)) ?? "up" });
  return api.apiEndpoint;
}

/** The command of the first step that is not done. */
async function findUndone({ session, settings }: StackContext): Promise<string | undefined> {
  const run = startRun(session, { settings });
  await observe(run, ownComponents(settings));
  return firstUndone(run)?.command;
}

interface StepOptions {
  readonly json?: string;
  /** What was expected instead, undefined when the answer is right. */
  expect(answer: HttpAnswer): string | undefined;
}

interface Journey {
  readonly exchanges: Exchange[];
  step(title: string, method: string, path: string, options: StepOptions): Promise<Exchange>;
  probe(path: string): Promise<HttpAnswer>;
  cleanUp(path: string): Promise<void>;
}

function startJourney(context: StackContext, url: string): Journey {
  const { emit, clock, signal } = context;
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
      const undone = said === undefined ? await findUndone(context) : undefined;
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
    async step(title, method, path, { json, expect }) {
      const answer = await sendWhenLive(method, path, json);
      const expected = expect(answer);
      const exchange: Exchange = {
        title,
        method,
        url: url + path,
        ...(json === undefined ? {} : { sent: json }),
        status: answer.status,
        body: answer.body,
        ms: answer.ms,
        passed: expected === undefined,
        ...(expected === undefined ? {} : { expected }),
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
async function chooseItem(journey: Journey, options: TestOptions): Promise<Item> {
  const given = itemOf(options);
  const { id } = options;
  const wanted = id ?? TUTORIAL_ITEM.id;
  const answer = await journey.probe(pathOf(wanted));
  // Only the handler's own word that there is none frees the id: anything else may hide an item.
  if (answer.status === 404 && !isApiGatewaysOwn(answer)) return { id: wanted, ...given };
  if (answer.status !== 200) throw new Problem("ItemUnknown", { id: wanted, status: answer.status, body: answer.body });
  if (id !== undefined) throw new Problem("ItemExists", { id });
  return { id: `${TUTORIAL_ITEM.id}-${randomBytes(4).toString("hex")}`, ...given };
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

function jsonIs(wanted: unknown): StepOptions["expect"] {
  return ({ status, body }) =>
    status === 200 && isSame(parse(body), wanted) ? undefined : `200 ${JSON.stringify(wanted)}`;
}

function listHas(id: string, isThere: boolean): StepOptions["expect"] {
  return ({ status, body }) => {
    const list = parse(body);
    const has =
      Array.isArray(list) &&
      list.some((each: unknown) => typeof each === "object" && each !== null && "id" in each && each.id === id);
    if (status === 200 && Array.isArray(list) && has === isThere) return undefined;
    return isThere ? `200 and a list with item ${id}` : `200 and a list without item ${id}`;
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
