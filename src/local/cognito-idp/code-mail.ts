// Sends codes and invitations, in the pool's words or AWS's, and tells where they went.

import type { JsonObject } from "../service.ts";
import type { CodePurpose } from "./codes.ts";
import type { CognitoContext } from "./context.ts";
import { objectOf, textOf } from "./input.ts";
import type { User, UserPool } from "./records.ts";

const CODE = "{####}";

interface Words {
  readonly subject: string;
  readonly message: string;
}

/** @returns AWS's CodeDeliveryDetails */
export function sendCode(context: CognitoContext, pool: UserPool, user: User, purpose: CodePurpose): JsonObject {
  const to = user.attributes["email"] ?? "";
  const code = context.codes.issue(pool.id, user.username, purpose);
  const { subject, message } = purpose === "reset" ? resetWords(pool) : verificationWords(pool);
  context.outbox.send(pool, { to, subject, body: message.replaceAll(CODE, code), code, kind: purpose });
  return deliveryTo(pool, to);
}

export function sendInvitation({ outbox }: CognitoContext, pool: UserPool, user: User, password: string): void {
  const to = user.attributes["email"] ?? "";
  const { subject, message } = invitationWords(pool);
  const body = message.replaceAll("{username}", to).replaceAll(CODE, password);
  outbox.send(pool, { to, subject, body, code: password, kind: "invitation" });
}

/** Masked as AWS does: `j***@e***`, the same for every spelling of an address where case does not count. */
export function deliveryTo({ isCaseSensitive }: UserPool, email: string): JsonObject {
  const [name = "", domain = ""] = (isCaseSensitive ? email : email.toLowerCase()).split("@");
  const Destination = `${name.charAt(0)}***@${domain.charAt(0)}***`;
  return { AttributeName: "email", DeliveryMedium: "EMAIL", Destination };
}

export function verifiesEmail({ settings }: UserPool): boolean {
  const verified = settings["AutoVerifiedAttributes"];
  return Array.isArray(verified) && verified.includes("email");
}

function verificationWords({ settings }: UserPool): Words {
  const template = objectOf(settings["VerificationMessageTemplate"]);
  return {
    subject: textOf(template, "EmailSubject") ?? "Your verification code",
    message: textOf(template, "EmailMessage") ?? `Your verification code is ${CODE}`,
  };
}

function resetWords(pool: UserPool): Words {
  const template = objectOf(pool.settings["VerificationMessageTemplate"]);
  const { subject } = verificationWords(pool);
  return { subject, message: textOf(template, "EmailMessage") ?? `Your password reset code is ${CODE}` };
}

function invitationWords({ settings }: UserPool): Words {
  const template = objectOf(objectOf(settings["AdminCreateUserConfig"])["InviteMessageTemplate"]);
  return {
    subject: textOf(template, "EmailSubject") ?? "Your temporary password",
    message: textOf(template, "EmailMessage") ?? `Your username is {username} and temporary password is ${CODE}.`,
  };
}
