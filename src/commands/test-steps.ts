// The requests of `awsls test` as data: the tutorial's own, and those that prove that a route wants a token.

import type { Exchange, ExchangeNote, Expected } from "../core/exchange.ts";
import { probeOf } from "./route-probe.ts";

export interface Step {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly sent?: string;
  readonly expected: Expected;
  readonly note?: ExchangeNote;
}

/** What would be sent. */
export type PlannedRequest = Pick<Exchange, "method" | "url" | "sent" | "note">;

export interface Item {
  readonly id: string;
  readonly price: number;
  readonly name: string;
}

export const LIST: Step = { title: "list", method: "GET", path: "/items", expected: { status: 200 } };

/** What comes of the item in the end; "forbidden": the API lets only admins delete, so its owner's credentials do it. */
export type Ending = "kept" | "deleted" | "forbidden";

/** What the tutorial does with its item after its first look at the list. */
export function itemSteps(item: Item): Step[] {
  const { id } = item;
  const sent = JSON.stringify(item);
  return [
    { title: "put", method: "PUT", path: "/items", sent, expected: { status: 200, body: `Put item ${id}` } },
    { title: "get", method: "GET", path: pathOf(id), expected: { status: 200, body: item } },
  ];
}

export function deleteStep({ id }: Pick<Item, "id">, ending: Exclude<Ending, "kept">): Step {
  const step = { title: "delete", method: "DELETE", path: pathOf(id) };
  if (ending === "forbidden") return { ...step, expected: { status: 403 }, note: "notAdmin" };
  return { ...step, expected: { status: 200, body: `Deleted item ${id}` } };
}

export function listAgain({ id }: Pick<Item, "id">, isListed: boolean): Step {
  return { ...LIST, title: "list again", expected: { status: 200, item: { id, isListed } } };
}

/** No item is touched, whoever is let in: those of a route that is open after all ask for nothing that is there. */
export function withoutToken(routeKey: string): Step {
  const { method, path } = probeOf(routeKey);
  return { title: `${routeKey} without a token`, method, path, expected: { status: 401 }, note: "withoutToken" };
}

export function planned(url: string, steps: readonly Step[]): PlannedRequest[] {
  return steps.map(({ method, path, sent, note }) => ({
    method,
    url: url + path,
    ...(sent === undefined ? {} : { sent }),
    ...(note === undefined ? {} : { note }),
  }));
}

export function pathOf(id: string): string {
  return `/items/${encodeURIComponent(id)}`;
}
