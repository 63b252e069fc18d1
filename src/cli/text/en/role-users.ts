// Who else uses a role.

import type { OtherUsers } from "../../../core/problem.ts";
import { fewOf } from "./lists.ts";

/** @param known what is said of those that are known */
export function ofUsers(users: OtherUsers, known: (few: string, count: number) => string): string {
  return users === "unknown"
    ? "whether other functions use it could not be checked, for the right lambda:ListFunctions is missing"
    : known(fewOf(users), users.length);
}
