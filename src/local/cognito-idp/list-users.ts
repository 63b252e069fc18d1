// Lists users, page by page, with a filter on one attribute.
// https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html

import type { JsonObject, Operation } from "../service.ts";
import { requirePool, resourceIn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import { ageKey, objectsOf, pageOf, textOf, textsOf } from "./input.ts";
import type { User, UserPool } from "./records.ts";
import { LIMIT, POOL_ID, TOKEN } from "./shapes.ts";
import { toUserType, usersOf } from "./users.ts";

export function listUserOperations(context: CognitoContext): Record<string, Operation> {
  return {
    ListUsers: {
      input: {
        UserPoolId: POOL_ID,
        AttributesToGet: { type: "list", of: { type: "string", min: 1, max: 32 } },
        Limit: LIMIT,
        PaginationToken: TOKEN,
        Filter: { type: "string", max: 256 },
      },
      resource: resourceIn(context),
      run(input) {
        const pool = requirePool(context, input);
        const matches = parseFilter(pool, textOf(input, "Filter") ?? "");
        const found = usersOf(context, pool.id).filter(matches);
        const token = textOf(input, "PaginationToken");
        const { page, next } = pageOf(found, (user) => ageKey(user, user.username), input["Limit"], token);
        return { Users: page.map((user) => only(input, toUserType(user))), PaginationToken: next };
      },
    },
  };
}

/** What can be searched for, and what it is of a user. */
const SEARCHABLE: Readonly<Record<string, (user: User) => string | undefined>> = {
  username: ({ username }) => username,
  sub: ({ sub }) => sub,
  "cognito:user_status": ({ status }) => status,
  status: ({ isEnabled }) => (isEnabled ? "Enabled" : "Disabled"),
  ...Object.fromEntries(
    ["email", "phone_number", "name", "given_name", "family_name", "preferred_username"].map((name) => [
      name,
      ({ attributes }: User) => attributes[name],
    ]),
  ),
};
/** The state's case does not count, nor that of addresses where the pool says so. */
const CASELESS: ReadonlySet<string> = new Set(["cognito:user_status"]);
const FILTER = /^\s*([\w:]+)\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/;

/**
 * Whether a user is one that the filter asks for: `email = "a@example.com"`, `given_name ^= "J"`; all, without one.
 * @throws {AwsError} `InvalidParameterException`
 */
export function parseFilter(pool: UserPool, filter: string): (user: User) => boolean {
  if (filter.trim() === "") return () => true;
  const [, name = "", operator = "", quoted = ""] = FILTER.exec(filter) ?? [];
  if (name === "") throw invalidParameter("Error while parsing filter");
  const valueOf = Object.hasOwn(SEARCHABLE, name) ? SEARCHABLE[name] : undefined;
  if (valueOf === undefined) throw invalidParameter(`Invalid search attribute: ${name}`);
  const isCaseless = CASELESS.has(name) || (name === "email" && !pool.isCaseSensitive);
  const fold = (text: string): string => (isCaseless ? text.toLowerCase() : text);
  const wanted = fold(quoted.replace(/\\(.)/g, "$1"));
  return (user) => {
    const value = valueOf(user);
    if (value === undefined) return false;
    return operator === "=" ? fold(value) === wanted : fold(value).startsWith(wanted);
  };
}

/** AttributesToGet leaves the other attributes out. */
function only(input: JsonObject, user: JsonObject): JsonObject {
  const wanted = textsOf(input["AttributesToGet"]);
  if (wanted.length === 0) return user;
  return { ...user, Attributes: objectsOf(user["Attributes"]).filter(({ Name }) => wanted.includes(String(Name))) };
}
