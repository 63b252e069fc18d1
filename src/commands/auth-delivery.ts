// Where Cognito's mails go.

import type { CodeDeliveryDetailsType } from "@aws-sdk/client-cognito-identity-provider";
import type { StackContext } from "./context.ts";

export interface Delivery {
  /** As Cognito shows it, most of it hidden: `a***@e***`. */
  readonly destination: string;
  /** On the local cloud no mail leaves this machine: `auth inbox` shows it. */
  readonly where: "mail" | "inbox";
}

/** @returns undefined when nothing was sent */
export function deliveryOf(
  { target }: StackContext,
  details: CodeDeliveryDetailsType | undefined,
): Delivery | undefined {
  if (details === undefined) return undefined;
  return { destination: details.Destination ?? "", where: target.kind === "local" ? "inbox" : "mail" };
}
