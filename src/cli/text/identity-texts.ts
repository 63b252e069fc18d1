// What the commands of the identity pool say.

import type { Reason } from "../../commands/identity-reason.ts";
import type { CredentialsResult } from "../../commands/identity-credentials.ts";
import type { WriteResult } from "../../commands/identity-write.ts";
import type { Settings } from "../../state/state.ts";

type Kind = CredentialsResult["kind"];

export interface IdentityTexts {
  readonly enabled: string;
  readonly wasEnabled: string;
  /** Who gets credentials, in a line each. */
  who(identity: NonNullable<Settings["identity"]>): readonly string[];
  readonly next: string;
  readonly leftover: string;
  poolIs(identityPoolId: string): string;
  /** Above a role's policy. */
  roleMay(name: string): string;
  readonly noPolicy: string;
  /** Whom the credentials are for. */
  caller(result: Pick<CredentialsResult, "kind" | "arn" | "identityId">): readonly string[];
  until(moment: string, seconds: number): string;
  /** What the role may do in a few words. */
  may(result: Pick<CredentialsResult, "may" | "role">): string;
  readonly exportThem: string;
  itemsOf(kind: Kind, table: string): string;
  readonly ownRows: string;
  done(result: Pick<WriteResult, "operation" | "id">): string;
  denied(result: Pick<WriteResult, "operation" | "id" | "action">): string;
  notRead(table: string, action: string): string;
  readonly awsSays: string;
  wouldCall(operations: readonly string[]): string;
  reason(reason: Reason, action: string, kind: Kind): string;
}
