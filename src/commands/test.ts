// `awsls test`: step 7. List, put, get, delete, list again against the live URL, cleaning up its own item.

import { randomBytes } from "node:crypto";
import type { Exchange } from "../core/exchange.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { type Caller, claimsOf } from "./auth-claims.ts";
import { freshTokens } from "./auth-session.ts";
import type { StackContext } from "./context.ts";
import { deleteAsOwner } from "./delete-as-owner.ts";
import { findApi, mayDelete, type TestedApi } from "./test-api.ts";
import { isApiGatewaysOwn } from "./gateway-answer.ts";
import { type Journey, startJourney } from "./test-journey.ts";
import {
  deleteStep,
  type Ending,
  type Item,
  itemSteps,
  LIST,
  listAgain,
  pathOf,
  planned,
  type PlannedRequest,
  withoutToken,
} from "./test-steps.ts";

export interface TestOptions {
  readonly id?: string;
  readonly price?: number;
  readonly name?: string;
  /** Leaves the item in the table. */
  readonly keep?: boolean;
}

export interface TestResult {
  readonly stack: string;
  readonly url: string;
  readonly item: Item;
  /** Whose token was sent; only where a route wants one. */
  readonly caller?: Caller;
  readonly exchanges: readonly Exchange[];
  /** With `--dry-run`. */
  readonly planned: readonly PlannedRequest[];
  readonly kept: boolean;
}

/** The tutorial's own item. */
const TUTORIAL_ITEM: Item = { id: "123", price: 12_345, name: "myitem" };

/**
 * Exercises the API as the tutorial does. Where routes want a token it proves that first, and goes on as whoever is signed in.
 * @throws {Problem} `StepMissing` without an API, `NotSignedIn`, `ItemExists` for an `--id` that is taken, `TestFailed` (exit 5)
 */
export async function test(context: StackContext, options: TestOptions): Promise<TestResult> {
  const api = await findApi(context);
  const { url } = api;
  const { stack } = context.session.names;
  const kept = options.keep === true;
  if (context.dryRun) {
    const item = { ...itemOf(options), id: options.id ?? TUTORIAL_ITEM.id };
    return { stack, url, item, exchanges: [], planned: planOf(api, item, kept), kept };
  }
  const exchanges: Exchange[] = [];
  const signedIn = api.protectedRoutes.length === 0 ? undefined : await proveAndSignIn(context, api, exchanges);
  const journey = startJourney(context, {
    url,
    exchanges,
    ...(signedIn === undefined ? {} : { accessToken: signedIn.accessToken }),
  });
  const ending = kept ? "kept" : mayDelete(api, signedIn?.caller) ? "deleted" : "forbidden";
  await journey.step(LIST);
  const item = await chooseItem(context, journey, options);
  await walk(context, journey, item, ending);
  requirePassed(exchanges);
  const caller = signedIn === undefined ? {} : { caller: signedIn.caller };
  return { stack, url, item, ...caller, exchanges, planned: [], kept };
}

/** Who deletes the item, it is not known before somebody is signed in. */
function planOf({ url, protectedRoutes }: TestedApi, item: Item, kept: boolean): PlannedRequest[] {
  return planned(url, [
    ...protectedRoutes.map(withoutToken),
    LIST,
    ...itemSteps(item),
    ...(kept ? [] : [deleteStep(item, "deleted")]),
    listAgain(item, kept),
  ]);
}

interface SignedInCaller {
  readonly accessToken: string;
  readonly caller: Caller;
}

/** @throws {Problem} `TestFailed` when a route is open and nobody is signed in for the rest, else `NotSignedIn` */
async function proveAndSignIn(context: StackContext, api: TestedApi, exchanges: Exchange[]): Promise<SignedInCaller> {
  const proof = startJourney(context, { url: api.url, exchanges });
  for (const routeKey of api.protectedRoutes) await proof.step(withoutToken(routeKey));
  const { tokens } = await freshTokens(context, "test").catch((error: unknown) => {
    if (isProblem(error, "NotSignedIn")) requirePassed(exchanges);
    throw error;
  });
  const { caller } = claimsOf(tokens);
  context.emit({ type: "notice", code: "CallsAs", data: caller });
  return { accessToken: tokens.accessToken, caller };
}

async function walk(context: StackContext, journey: Journey, item: Item, ending: Ending): Promise<void> {
  // From the first try to store it on the item may be there, whatever the answers said.
  let isLeft = ending !== "kept";
  let isStored = ending === "kept";
  try {
    for (const step of itemSteps(item)) await journey.step(step);
    if (ending !== "kept") isLeft = !(await journey.step(deleteStep(item, ending))).passed;
    if (ending === "forbidden") {
      isLeft = false;
      isStored = !(await deleteAsOwner(context, item.id));
    }
    await journey.step(listAgain(item, isStored));
  } finally {
    if (isLeft) await (ending === "forbidden" ? deleteAsOwner(context, item.id) : journey.cleanUp(pathOf(item.id)));
  }
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

function itemOf({ price, name }: TestOptions): Omit<Item, "id"> {
  return { price: price ?? TUTORIAL_ITEM.price, name: name ?? TUTORIAL_ITEM.name };
}

function requirePassed(exchanges: readonly Exchange[]): void {
  const failed = exchanges.filter(({ passed }) => !passed).length;
  if (failed > 0) throw new Problem("TestFailed", { failed, total: exchanges.length, exchanges });
}
