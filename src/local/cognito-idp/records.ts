// What user pools keep on disk. Times are milliseconds since the epoch; settings stay as AWS spells them.

import type { JsonObject } from "../service.ts";

export interface UserPool {
  /** `<region>_<9 characters>` */
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** `["email"]`: users sign in with it, and their user name is a UUID. */
  readonly usernameAttributes: readonly string[];
  readonly isCaseSensitive: boolean;
  /** What UpdateUserPool replaces, with AWS's defaults for what was not given. */
  readonly settings: JsonObject;
  readonly mfa: MfaSettings;
  readonly tags: Readonly<Record<string, string>>;
}

export interface MfaSettings {
  readonly configuration: "OFF" | "OPTIONAL" | "ON";
  readonly isSoftwareTokenEnabled: boolean;
}

export interface UserPoolClient {
  readonly id: string;
  readonly poolId: string;
  readonly name: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** What UpdateUserPoolClient replaces, with AWS's defaults for what was not given. */
  readonly settings: JsonObject;
}

export type UserStatus = "UNCONFIRMED" | "CONFIRMED" | "FORCE_CHANGE_PASSWORD" | "RESET_REQUIRED";

export interface User {
  readonly poolId: string;
  readonly username: string;
  readonly sub: string;
  /** Without `sub`, in the order in which they came. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: UserStatus;
  readonly isEnabled: boolean;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly password?: StoredPassword;
  /** When the temporary password is no longer taken. */
  readonly passwordExpiresAt?: number;
  readonly softwareToken?: SoftwareToken;
  /** Of AssociateSoftwareToken, until a code of it is verified. */
  readonly pendingSecret?: string;
  readonly usesSoftwareToken: boolean;
  readonly prefersSoftwareToken: boolean;
  readonly groups: readonly string[];
}

/** Never the password itself: SRP's salt and verifier, hexadecimal, are enough to check both flows. */
export interface StoredPassword {
  readonly salt: string;
  readonly verifier: string;
}

export interface SoftwareToken {
  /** Base 32. */
  readonly secret: string;
  readonly friendlyName: string;
  /** The time step of the last code: none is taken twice. */
  readonly lastStep: number;
}

export interface Group {
  readonly poolId: string;
  readonly name: string;
  readonly description?: string;
  readonly roleArn?: string;
  readonly precedence?: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** One sign-in and everything that was issued for it. */
export interface Grant {
  readonly poolId: string;
  readonly clientId: string;
  readonly username: string;
  /** Somebody who comes later with the same user name is somebody else. */
  readonly sub: string;
  readonly originJti: string;
  readonly authenticatedAt: number;
  /** Of the refresh token; when it was revoked, if that was before. */
  readonly expiresAt: number;
  /** Of the refresh token. */
  readonly refreshHash: string;
  readonly isRevoked: boolean;
}
