// What must not be seen on a screen or in a log, in the input of an AWS call.

import { OWN_VARIABLES } from "../core/names.ts";

export const MASK = "***";

/** Passwords, sign-in tokens, one-time codes, keys: `SecretHash`, `PreviousPassword`, `IdToken`, an environment's `DB_PASSWORD`. */
const SECRET =
  /pass(word|wd|phrase)|secret|token$|^session$|^(confirmation|user|token|(softwaretoken|sms)?mfa)?_?code$|(api|private)_?key$/i;
/**
 * Of these every member is one, but for the user's name: sign-in parameters (a password can be guessed from SRP's proofs,
 * too), and the tokens by which an identity pool is asked.
 */
const SECRET_MEMBERS = new Set(["AuthParameters", "ChallengeResponses", "Logins"]);
const NAME = "USERNAME";
/** Pages, units, repeated requests. */
const NO_SECRET = /^(next|pagination|starting|continuation|client|clientrequest)_?token$|secret_?(arn|id)$/i;
const NO_SECRET_MEMBERS = new Set(["TokenValidityUnits"]);

/** The same input with its secrets masked, found by the names of members. */
export function maskSecrets<T>(input: T): T {
  return mask(input, "") as T;
}

function mask(value: unknown, name: string): unknown {
  if (typeof value === "string") return SECRET.test(name) && !NO_SECRET.test(name) ? MASK : value;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((each) => mask(each, name));
  if (NO_SECRET_MEMBERS.has(name)) return value;
  if (name === "Variables") return maskVariables(value as Readonly<Record<string, string>>);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      SECRET_MEMBERS.has(name) && key !== NAME ? MASK : mask(member, key),
    ]),
  );
}

function maskVariables(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, OWN_VARIABLES.has(name) ? value : MASK]),
  );
}
