// What identity pools keep on disk. Times are milliseconds since the epoch; settings stay as AWS spells them.

import type { JsonObject } from "../service.ts";

export interface IdentityPool {
  /** `<region>:<UUID>` */
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** What UpdateIdentityPool replaces. */
  readonly settings: JsonObject;
  /** What SetIdentityPoolRoles replaces: kind of login → role ARN. */
  readonly roles: Readonly<Record<string, string>>;
  /** Provider → mapping, as AWS spells it. */
  readonly roleMappings: JsonObject;
  readonly tags: Readonly<Record<string, string>>;
}

/** Somebody whom a pool gives credentials, with a login or without. */
export interface Identity {
  readonly poolId: string;
  /** Provider → whom it knows by that: a user's `sub`. None for a guest. */
  readonly logins: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** A guest who turned out to be a user whom the pool knew. */
  readonly isDisabled?: true;
}
