// Whether a password is good enough for a pool, and temporary ones that are.

import { randomInt } from "node:crypto";
import { invalidPassword } from "./errors.ts";
import { objectOf } from "./input.ts";
import type { UserPool } from "./records.ts";

const LOWER = "abcdefghijkmnpqrstuvwxyz";
const UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS = "23456789";
/** https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html */
const SYMBOLS = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-";

interface Demand {
  readonly member: string;
  readonly pattern: RegExp;
  readonly message: string;
}

const DEMANDS: readonly Demand[] = [
  { member: "RequireLowercase", pattern: /[a-z]/, message: "Password must have lowercase characters" },
  { member: "RequireUppercase", pattern: /[A-Z]/, message: "Password must have uppercase characters" },
  { member: "RequireNumbers", pattern: /[0-9]/, message: "Password must have numeric characters" },
  {
    member: "RequireSymbols",
    pattern: /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/,
    message: "Password must have symbol characters",
  },
];

/**
 * @param asAdministrator AWS words it otherwise then
 * @throws {AwsError} `InvalidPasswordException` for the first rule that it breaks
 */
export function requireGoodPassword(pool: UserPool, password: string, asAdministrator = false): void {
  const policy = policyOf(pool);
  const fault = password.length < policy.length ? "Password not long enough" : policy.demands.find(isBrokenBy)?.message;
  if (fault === undefined) return;
  throw invalidPassword(`Password did not conform with ${asAdministrator ? "password policy" : "policy"}: ${fault}`);

  function isBrokenBy({ pattern }: Demand): boolean {
    return !pattern.test(password);
  }
}

/** One of every kind, whatever the pool asks for. */
export function temporaryPassword(pool: UserPool): string {
  const kinds = [LOWER, UPPER, DIGITS, SYMBOLS];
  const any = `${LOWER}${UPPER}${DIGITS}${SYMBOLS}`;
  const length = Math.max(8, policyOf(pool).length);
  const picked = Array.from({ length }, (_, index) => pickFrom(kinds[index] ?? any));
  return shuffled(picked).join("");
}

/** For how long a temporary password is taken, in milliseconds. */
export function temporaryValidity(pool: UserPool): number {
  const { TemporaryPasswordValidityDays: days } = passwordPolicy(pool);
  return (typeof days === "number" ? days : 7) * 86_400_000;
}

function policyOf(pool: UserPool): { length: number; demands: readonly Demand[] } {
  const policy = passwordPolicy(pool);
  const { MinimumLength: length } = policy;
  return {
    length: typeof length === "number" ? length : 8,
    demands: DEMANDS.filter(({ member }) => policy[member] === true),
  };
}

function passwordPolicy({ settings }: UserPool) {
  return objectOf(objectOf(settings["Policies"])["PasswordPolicy"]);
}

function pickFrom(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

function shuffled(letters: readonly string[]): string[] {
  const result = [...letters];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] ?? "", result[last] ?? ""];
  }
  return result;
}
