// What the user's own commands of sign-in are given, checked before anything is called.

import type { SignInOptions } from "../commands/auth-sign-in.ts";
import { toCode } from "../core/one-time-code.ts";
import { Problem } from "../core/problem.ts";
import type { OptionValues } from "./command.ts";

const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** @throws {Problem} `InvalidOption` */
export function toEmail({ email }: OptionValues): string {
  const value = String(email);
  if (!EMAIL.test(value)) throw new Problem("InvalidOption", { option: "<email>", value, must: "email" });
  return value;
}

/** @throws {Problem} `InvalidOption`, which does not say what was given: it may be a code with a digit too many */
export function toGivenCode({ code }: OptionValues): string | undefined {
  if (code === undefined) return undefined;
  const given = toCode(String(code));
  if (given === undefined) throw new Problem("InvalidOption", { option: "--code", value: "", must: "code" });
  return given;
}

/** @throws {Problem} `InvalidOption` */
export function toSignInOptions(values: OptionValues): SignInOptions {
  const { flow = "srp" } = values;
  if (flow !== "srp" && flow !== "password") {
    throw new Problem("InvalidOption", { option: "--flow", value: String(flow), must: "flow" });
  }
  const code = toGivenCode(values);
  return { email: toEmail(values), flow, ...(code === undefined ? {} : { code }) };
}
