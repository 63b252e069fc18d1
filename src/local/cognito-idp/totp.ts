// One-time passwords of authenticator apps: RFC 6238 with SHA-1, six digits, thirty seconds.

import { Secret, TOTP } from "otpauth";

const PERIOD_S = 30;

/** 160 bits, base 32. */
export function newSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/**
 * The time step that a code is of: this one, the one before or the one after.
 * @param now milliseconds since the epoch
 * @returns undefined for a code of no such step
 */
export function stepOf(secret: string, code: string, now: number): number | undefined {
  const totp = new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: PERIOD_S });
  const delta = totp.validate({ token: code, timestamp: now, window: 1 });
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_S) + delta;
}
