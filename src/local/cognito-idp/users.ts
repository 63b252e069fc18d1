// Users as records: found by any of their names, changed, and shown as AWS shows them.

import { randomUUID } from "node:crypto";
import type { JsonObject } from "../service.ts";
import type { CognitoContext } from "./context.ts";
import { aliasExists, userNotFound, usernameExists } from "./errors.ts";
import { toSeconds } from "./input.ts";
import type { User, UserPool } from "./records.ts";

export function userKey(poolId: string, username: string): string {
  return `${poolId}/${username}`;
}

export function signsInWithEmail(pool: UserPool): boolean {
  return pool.usernameAttributes.includes("email");
}

export function usersOf({ users }: CognitoContext, poolId: string): User[] {
  return [...users.values()].filter((user) => user.poolId === poolId);
}

/** By the user name, the `sub`, or the e-mail address where users sign in with it. */
export function findUser(context: CognitoContext, pool: UserPool, name: string): User | undefined {
  const exact = context.users.get(userKey(pool.id, name));
  if (exact !== undefined) return exact;
  const byEmail = signsInWithEmail(pool);
  return usersOf(context, pool.id).find(
    (user) => user.sub === name || isSame(pool, byEmail ? user.attributes["email"] : user.username, name),
  );
}

/** @throws {AwsError} `UserNotFoundException` */
export function requireUser(context: CognitoContext, pool: UserPool, name: string): User {
  const user = findUser(context, pool, name);
  if (user === undefined) throw userNotFound();
  return user;
}

/** The user as it is now. */
export function saveUser({ users, env, codes }: CognitoContext, user: User): User {
  const saved = { ...user, modifiedAt: env.clock.now() };
  const key = userKey(user.poolId, user.username);
  const before = users.get(key);
  // What was mailed to another address proves nothing of this one.
  if (before !== undefined && before.attributes["email"] !== user.attributes["email"]) {
    codes.forget(user.poolId, user.username);
  }
  users.set(key, saved);
  return saved;
}

/** Two spellings of a name that mean one user. */
export function isSame(pool: UserPool, a: string | undefined, b: string): boolean {
  return a !== undefined && (a === b || (!pool.isCaseSensitive && a.toLowerCase() === b.toLowerCase()));
}

/**
 * @param name what the caller gave as the user name
 * @throws {AwsError} `UsernameExistsException`
 */
export function newUser(
  context: CognitoContext,
  pool: UserPool,
  name: string,
  attributes: Readonly<Record<string, string>>,
): Omit<User, "status"> {
  if (findUser(context, pool, name) !== undefined) {
    throw usernameExists(
      signsInWithEmail(pool) ? "An account with the given email already exists." : "User already exists",
    );
  }
  const sub = randomUUID();
  const byEmail = signsInWithEmail(pool);
  const now = context.env.clock.now();
  return {
    poolId: pool.id,
    username: byEmail ? sub : name,
    sub,
    attributes: byEmail ? { ...attributes, email: name } : attributes,
    isEnabled: true,
    createdAt: now,
    modifiedAt: now,
    usesSoftwareToken: false,
    prefersSoftwareToken: false,
    groups: [],
  };
}

/** @throws {AwsError} `AliasExistsException` when somebody else signs in with that address */
export function requireFreeEmail(context: CognitoContext, pool: UserPool, user: User, email: string): void {
  if (!signsInWithEmail(pool)) return;
  const owner = findUser(context, pool, email);
  if (owner !== undefined && owner.username !== user.username) throw aliasExists();
}

/** `sub` first, as AWS lists them. */
export function attributesOf(user: User): JsonObject[] {
  return Object.entries({ sub: user.sub, ...user.attributes }).map(([Name, Value]) => ({ Name, Value }));
}

/** As in lists and in the answer of AdminCreateUser. */
export function toUserType(user: User): JsonObject {
  return { Username: user.username, Attributes: attributesOf(user), ...stateOf(user) };
}

export function stateOf(user: User): JsonObject {
  return {
    UserCreateDate: toSeconds(user.createdAt),
    UserLastModifiedDate: toSeconds(user.modifiedAt),
    Enabled: user.isEnabled,
    UserStatus: user.status,
  };
}

/** The methods that the user has turned on, the preferred one apart. */
export function mfaOf(user: User): JsonObject {
  if (!user.usesSoftwareToken) return {};
  return {
    ...(user.prefersSoftwareToken && { PreferredMfaSetting: "SOFTWARE_TOKEN_MFA" }),
    UserMFASettingList: ["SOFTWARE_TOKEN_MFA"],
  };
}
