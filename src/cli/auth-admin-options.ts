// What the administrator's commands of sign-in are given, checked before anything is called.

import { Problem } from "../core/problem.ts";
import type { OptionValues } from "./command.ts";
import { toEmail } from "./sign-in-options.ts";

/** As AWS has it: letters, marks, symbols, numbers, punctuation, no blank. */
const GROUP_NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

/** @throws {Problem} `InvalidOption` */
export function toGroup({ group }: OptionValues): string {
  const value = String(group);
  if (!GROUP_NAME.test(value)) throw new Problem("InvalidOption", { option: "<group>", value, must: "groupName" });
  return value;
}

/** @throws {Problem} `InvalidOption` */
export function toMembership(values: OptionValues): { readonly group: string; readonly email: string } {
  return { group: toGroup(values), email: toEmail(values) };
}

/** @throws {Problem} `InvalidOption` for what is no address, and for a mail that is not to be sent and to be sent again */
export function toUserCreateOptions({ resend, passwordStdin, ...values }: OptionValues): {
  readonly email: string;
  readonly resend: boolean;
  readonly hasPassword: boolean;
} {
  if (resend === true && passwordStdin === true) {
    throw new Problem("InvalidOption", { option: "--resend", value: "", must: "noPassword" });
  }
  return { email: toEmail(values), resend: resend === true, hasPassword: passwordStdin === true };
}

/**
 * Whose mails alone are to be shown; undefined for everybody's.
 * @throws {Problem} `InvalidOption`
 */
export function toAddressee(values: OptionValues): string | undefined {
  return values["email"] === undefined ? undefined : toEmail(values);
}
