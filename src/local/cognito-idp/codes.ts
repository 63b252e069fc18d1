// Confirmation codes: six digits each, good for one thing, once, for a while. A new one replaces the old.

import { randomInt, timingSafeEqual } from "node:crypto";
import type { CloudEnvironment } from "../service.ts";
import { codeMismatch, expiredCode } from "./errors.ts";

export type CodePurpose = "sign-up" | "reset" | "attribute";

export interface Codes {
  issue(poolId: string, username: string, purpose: CodePurpose): string;
  /**
   * Uses a code up.
   * @throws {AwsError} `ExpiredCodeException` when none is open, `CodeMismatchException` when it is another
   */
  redeem(poolId: string, username: string, purpose: CodePurpose, code: string): void;
  forget(poolId: string, username?: string): void;
  clear(): void;
}

interface Code {
  readonly code: string;
  readonly expiresAt: number;
}

const HOUR_MS = 3_600_000;
/** https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const VALID_MS: Readonly<Record<CodePurpose, number>> = {
  "sign-up": 24 * HOUR_MS,
  reset: HOUR_MS,
  attribute: 24 * HOUR_MS,
};

export function createCodes({ clock, collection }: CloudEnvironment): Codes {
  const codes = collection<Code>("cognito-idp/codes");
  return {
    issue(poolId, username, purpose) {
      const code = String(randomInt(1_000_000)).padStart(6, "0");
      codes.set(`${poolId}/${username}/${purpose}`, { code, expiresAt: clock.now() + VALID_MS[purpose] });
      return code;
    },
    redeem(poolId, username, purpose, given) {
      const key = `${poolId}/${username}/${purpose}`;
      const open = codes.get(key);
      if (open === undefined || open.expiresAt <= clock.now()) throw expiredCode();
      const [a, b] = [Buffer.from(open.code), Buffer.from(given)];
      if (a.length !== b.length || !timingSafeEqual(a, b)) throw codeMismatch();
      codes.delete(key);
    },
    forget(poolId, username) {
      const prefix = username === undefined ? `${poolId}/` : `${poolId}/${username}/`;
      const own = [...codes.entries()].filter(([each]) => each.startsWith(prefix));
      codes.update(own.map(([key]) => [key, undefined]));
    },
    clear: () => codes.clear(),
  };
}
