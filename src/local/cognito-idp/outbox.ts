// The mails that Cognito would have sent, for whoever has the cloud's key.

import type { CloudEnvironment } from "../service.ts";
import type { UserPool } from "./records.ts";

export type MailKind = "sign-up" | "reset" | "invitation" | "attribute";

export interface Mail {
  readonly userPoolId: string;
  readonly userPoolName: string;
  /** ISO 8601 */
  readonly at: string;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** Also the temporary password of an invitation. */
  readonly code: string;
  readonly kind: MailKind;
}

export interface Outbox {
  send(pool: UserPool, mail: Pick<Mail, "to" | "subject" | "body" | "code" | "kind">): void;
  /** Newest last. */
  mails(): readonly Mail[];
  forget(poolId: string): void;
  clear(): void;
}

/** Older ones make room. */
const MOST_MAILS = 500;
const ALL = "mails";

export function createOutbox(env: CloudEnvironment): Outbox {
  const kept = env.collection<readonly Mail[]>("cognito-idp/outbox");
  const mails = (): readonly Mail[] => kept.get(ALL) ?? [];
  return {
    mails,
    send(pool, mail) {
      const at = new Date(env.clock.now()).toISOString();
      const sent = { userPoolId: pool.id, userPoolName: pool.name, at, ...mail };
      kept.set(ALL, [...mails(), sent].slice(-MOST_MAILS));
    },
    forget(poolId) {
      if (mails().some(({ userPoolId }) => userPoolId === poolId)) {
        kept.set(
          ALL,
          mails().filter(({ userPoolId }) => userPoolId !== poolId),
        );
      }
    },
    clear: () => kept.clear(),
  };
}
