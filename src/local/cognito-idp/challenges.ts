// Sign-ins under way: what a session string or a secret block stands for. They last minutes, so they live in memory.

import { randomBytes } from "node:crypto";
import type { Clock } from "../service.ts";
import type { StoredPassword, User } from "./records.ts";
import type { ServerHalf } from "./srp.ts";

export type ChallengeName = "PASSWORD_VERIFIER" | "NEW_PASSWORD_REQUIRED" | "SOFTWARE_TOKEN_MFA" | "MFA_SETUP";

export interface Challenge {
  readonly name: ChallengeName;
  readonly poolId: string;
  readonly clientId: string;
  /** The real user name, or what an unknown user got in its place. */
  readonly username: string;
  /** PASSWORD_VERIFIER: what the proof is checked with. */
  readonly srp?: { readonly half: ServerHalf; readonly stored: StoredPassword };
  /** Whom and which password the challenge was given for: with another one it is void. */
  readonly given?: { readonly sub: string; readonly verifier: string | undefined };
  /** MFA_SETUP: the secret of AssociateSoftwareToken, and whether a code of it was verified. */
  readonly secret?: string;
  readonly isSetUp?: boolean;
}

export interface Challenges {
  /** @param minutes for which the string is taken */
  open(challenge: Challenge, minutes: number): string;
  /** Undefined when it was never given out, is too old, or was used. */
  find(session: string): Challenge | undefined;
  /** From now on nobody can go on with it. */
  end(session: string): void;
  clear(): void;
}

/** So that whoever opens more than anybody answers does not fill the memory. */
const MOST_OPEN = 10_000;

/** Whether nothing has changed of what its owner had proved. */
export function isStillOf({ given }: Challenge, { sub, password }: User): boolean {
  return given !== undefined && given.sub === sub && given.verifier === password?.verifier;
}

export function createChallenges(clock: Clock): Challenges {
  const open = new Map<string, { readonly challenge: Challenge; readonly expiresAt: number }>();

  function prune(): void {
    for (const [session, { expiresAt }] of open) {
      if (expiresAt > clock.now() && open.size < MOST_OPEN) return;
      open.delete(session);
    }
  }

  return {
    open(challenge, minutes) {
      prune();
      // As long as AWS's.
      const session = randomBytes(690).toString("base64");
      open.set(session, { challenge, expiresAt: clock.now() + minutes * 60_000 });
      return session;
    },
    find(session) {
      const found = open.get(session);
      return found !== undefined && found.expiresAt > clock.now() ? found.challenge : undefined;
    },
    end(session) {
      open.delete(session);
    },
    clear: () => open.clear(),
  };
}
