// Who calls: account, partition and the owner that goes into tags.

import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Clients } from "./clients.ts";

export interface Identity {
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`: from the caller's ARN, never assumed. */
  readonly partition: string;
  readonly arn: string;
  /** The caller's ARN without a session's changing part: the same person tomorrow. */
  readonly owner: string;
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html (needs no permission) */
export async function readIdentity(clients: Clients): Promise<Identity> {
  const { Account = "", Arn = "" } = await clients.get(STSClient).send(new GetCallerIdentityCommand({}));
  return { account: Account, arn: Arn, partition: Arn.split(":")[1] ?? "aws", owner: ownerOf(Arn) };
}

/** `…:assumed-role/Admin/alice` → `…:assumed-role/Admin/alice` for SSO (the user's name), `…/Admin` for generated sessions. */
export function ownerOf(arn: string): string {
  const [, head, role, session] = /^(arn:[^:]+:sts::\d*:assumed-role)\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  if (head === undefined || role === undefined || session === undefined) return arn;
  // IAM Identity Center's sessions carry the person's name; everything else may be a time or a random word.
  return role.startsWith("AWSReservedSSO_") ? `${head}/${role}/${session}` : `${head}/${role}`;
}
