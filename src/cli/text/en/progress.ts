// What is under way, and how it ended.

import type { Waiting } from "../../../core/event.ts";
import type { Expected } from "../../../core/exchange.ts";
import type { ProgressTexts } from "../catalogue.ts";
import { results } from "./results.ts";

export const progress: ProgressTexts = {
  done: {
    create: "created",
    update: "updated",
    replace: "made again",
    delete: "deleted",
    none: "unchanged",
  },
  failed: "failed",
  doing: {
    create: "creating",
    update: "updating",
    replace: "making again",
    delete: "deleting",
    read: "reading",
  },
  waiting(waiting: Waiting): string {
    if (waiting.for === "turn") return "waiting for its turn";
    if (waiting.for === "lateLines") return "waiting for late log lines";
    if (waiting.for === "row") return "waiting for the timer's next row";
    const last = waiting.last === undefined || waiting.last === "" ? "" : ` (${waiting.last})`;
    if (waiting.for === "propagation") return `waiting until the change has spread through AWS${last}`;
    return `waiting until ${waiting.for}${last}`;
  },
  expected({ status, body, item }: Expected): string {
    if (body !== undefined) return `expected ${status} ${JSON.stringify(body)}`;
    if (item === undefined) return `expected ${status}`;
    return `expected ${status} and a list ${item.isListed ? "with" : "without"} the item ${item.id}`;
  },
  notes: {
    withoutToken: "without a token",
    notAdmin: "only the group admins may: a 403 is right",
  },
  called({ status, error, ms, attempts }) {
    const outcome = [status ?? "no answer", error].filter((word) => word !== undefined).join(" ");
    const tries = attempts === 1 ? [] : [`${attempts} attempts`];
    return [outcome, ...tries, results.seconds(ms)].join(", ");
  },
  calledAs: (line) => `with the credentials of \`${line}\``,
  awsLocally: (line) => `\`aws\` reaches this local cloud in a terminal in which \`${line}\` has run.`,
  shortened: (start, characters) => `${start}… (${characters} characters)`,
};
