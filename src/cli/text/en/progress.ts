// What is under way, and how it ended.

import type { Waiting } from "../../../core/event.ts";
import type { ProgressTexts } from "../catalogue.ts";

export const progress: ProgressTexts = {
  done: {
    create: "created",
    update: "updated",
    replace: "made again",
    delete: "deleted",
    none: "unchanged",
    absent: "not there",
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
    if (waiting.for === "propagation") return "waiting until AWS has noticed the role";
    return `waiting until ${waiting.for}${waiting.last === undefined || waiting.last === "" ? "" : ` (${waiting.last})`}`;
  },
  expected: (what) => `expected ${what}`,
  shortened: (start, characters) => `${start}… (${characters} characters)`,
};
