// How often somebody has tried: wrong passwords lock a user out, codes and resets are counted by the hour.

import type { CloudEnvironment } from "../service.ts";
import { limitExceeded, notAuthorized } from "./errors.ts";

export interface Attempts {
  /**
   * Before a password or a one-time password is looked at.
   * @param name the user's, or the one that was given for nobody
   * @throws {AwsError} `NotAuthorizedException` while locked out
   */
  requireUnlocked(poolId: string, name: string): void;
  failed(poolId: string, name: string): void;
  succeeded(poolId: string, name: string): void;
  /**
   * Counts a call that AWS limits by the hour.
   * @throws {AwsError} `LimitExceededException`
   */
  count(poolId: string, name: string, operation: HourlyOperation): void;
  forget(poolId: string, name?: string): void;
  clear(): void;
}

/** Calls an hour and user. https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const HOURLY = {
  ForgotPassword: 20,
  ConfirmForgotPassword: 15,
  ConfirmSignUp: 15,
  ResendConfirmationCode: 5,
  ChangePassword: 5,
  GetUserAttributeVerificationCode: 5,
  VerifyUserAttribute: 15,
} as const;
export type HourlyOperation = keyof typeof HOURLY;

const HOUR_MS = 3_600_000;
/** https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html#authentication-flow-lockout-behavior */
const FREE_FAILURES = 5;
const LONGEST_LOCK_MS = 15 * 60_000;

interface Record {
  readonly failures: number;
  readonly lockedUntil: number;
  readonly triedAt: number;
  readonly calls: { readonly [operation in HourlyOperation]?: readonly number[] };
}

const NONE: Record = { failures: 0, lockedUntil: 0, triedAt: 0, calls: {} };

export function createAttempts({ clock, collection }: CloudEnvironment): Attempts {
  const records = collection<Record>("cognito-idp/attempts");
  const keyOf = (poolId: string, name: string): string => `${poolId}/${name.toLowerCase()}`;

  function recordOf(key: string): Record {
    const record = records.get(key) ?? NONE;
    // Whoever has not tried for as long as the longest lock starts anew.
    return clock.now() - record.triedAt > LONGEST_LOCK_MS ? { ...record, failures: 0, lockedUntil: 0 } : record;
  }

  function forget(poolId: string, name?: string): void {
    const isOf = (key: string): boolean =>
      name === undefined ? key.startsWith(`${poolId}/`) : key === keyOf(poolId, name);
    const own = [...records.entries()].filter(([each]) => isOf(each));
    records.update(own.map(([key]) => [key, undefined]));
  }

  /** Names that nobody tries any more are not kept. */
  function prune(): void {
    const isOld = ({ triedAt, calls }: Record): boolean =>
      [triedAt, ...Object.values(calls).flat()].every((time) => clock.now() - time > HOUR_MS);
    const old = [...records.entries()].filter(([, record]) => isOld(record));
    records.update(old.map(([key]) => [key, undefined]));
  }

  return {
    requireUnlocked(poolId, name) {
      if (recordOf(keyOf(poolId, name)).lockedUntil > clock.now()) throw notAuthorized("Password attempts exceeded");
    },
    failed(poolId, name) {
      prune();
      const key = keyOf(poolId, name);
      const record = recordOf(key);
      const now = clock.now();
      const failures = record.failures + 1;
      const lock = failures < FREE_FAILURES ? 0 : Math.min(LONGEST_LOCK_MS, 1000 * 2 ** (failures - FREE_FAILURES));
      records.set(key, { ...record, failures, triedAt: now, lockedUntil: now + lock });
    },
    succeeded(poolId, name) {
      const key = keyOf(poolId, name);
      const record = records.get(key);
      if (record !== undefined && record.failures > 0) records.set(key, { ...record, failures: 0, lockedUntil: 0 });
    },
    count(poolId, name, operation) {
      const key = keyOf(poolId, name);
      const record = records.get(key) ?? NONE;
      const now = clock.now();
      const recent = (record.calls[operation] ?? []).filter((time) => now - time < HOUR_MS);
      if (recent.length >= HOURLY[operation]) throw limitExceeded();
      records.set(key, { ...record, calls: { ...record.calls, [operation]: [...recent, now] } });
    },
    forget,
    clear: () => records.clear(),
  };
}
