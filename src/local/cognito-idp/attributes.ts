// Attributes of users: those of every pool, and what may be written to them.

import type { Json, JsonObject } from "../service.ts";
import { invalidParameter, notAuthorized } from "./errors.ts";
import { objectsOf, textIn } from "./input.ts";

const TEXT = { MinLength: "0", MaxLength: "2048" };

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
export const SCHEMA_ATTRIBUTES: readonly JsonObject[] = [
  attribute("profile"),
  attribute("address"),
  attribute("birthdate", { StringAttributeConstraints: { MinLength: "10", MaxLength: "10" } }),
  attribute("gender"),
  attribute("preferred_username"),
  attribute("updated_at", { AttributeDataType: "Number", NumberAttributeConstraints: { MinValue: "0" } }),
  attribute("website"),
  attribute("picture"),
  attribute("identities", { StringAttributeConstraints: {} }),
  attribute("sub", {
    Mutable: false,
    Required: true,
    StringAttributeConstraints: { MinLength: "1", MaxLength: "2048" },
  }),
  attribute("phone_number"),
  attribute("phone_number_verified", { AttributeDataType: "Boolean" }),
  attribute("zoneinfo"),
  attribute("locale"),
  attribute("email"),
  attribute("email_verified", { AttributeDataType: "Boolean" }),
  attribute("given_name"),
  attribute("family_name"),
  attribute("middle_name"),
  attribute("name"),
  attribute("nickname"),
];

const NAMES: ReadonlySet<string> = new Set(SCHEMA_ATTRIBUTES.map(({ Name }) => String(Name)));
/** Only an administrator says what is verified, and the service what the rest is. */
const VERIFIED: ReadonlySet<string> = new Set(["email_verified", "phone_number_verified"]);
const SERVICE_ONLY: ReadonlySet<string> = new Set(["sub", "identities"]);

function attribute(Name: string, others: JsonObject = {}): JsonObject {
  const isText = others["AttributeDataType"] === undefined;
  return {
    Name,
    AttributeDataType: "String",
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
    ...(isText && { StringAttributeConstraints: TEXT }),
    ...others,
  };
}

/**
 * The attributes of a request, by name.
 * @throws {AwsError} `InvalidParameterException`, `NotAuthorizedException` for those that the caller may not write
 */
export function readAttributes(value: Json | undefined, isAdministrator: boolean): Record<string, string> {
  const given = objectsOf(value).map((each) => [textIn(each, "Name"), textIn(each, "Value")] as const);
  for (const [name, text] of given) {
    if (!NAMES.has(name)) throw invalidParameter(`user.${name}: Attribute does not exist in the schema.\n`);
    if (SERVICE_ONLY.has(name)) throw invalidParameter(`Cannot modify the non-mutable attribute ${name}`);
    if (!isAdministrator && VERIFIED.has(name)) {
      throw notAuthorized("A client attempted to write unauthorized attribute");
    }
    requireForm(name, text);
  }
  return Object.fromEntries(given);
}

export function requireEmail(text: string): void {
  if (!isEmail(text)) throw invalidParameter("Invalid email address format.");
}

export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}

function requireForm(name: string, text: string): void {
  if (text === "") return;
  if (name === "email") requireEmail(text);
  if (name === "phone_number" && !/^\+\d{1,15}$/.test(text)) throw invalidParameter("Invalid phone number format.");
  if (VERIFIED.has(name) && text !== "true" && text !== "false") {
    throw invalidParameter(`Invalid user attributes: user.${name}: Attribute value must be a boolean.\n`);
  }
}

/** An address that changes is not verified any more, unless it is said to be; an empty value takes an attribute away. */
export function changedAttributes(
  before: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const isNewEmail = given["email"] !== undefined && given["email"] !== before["email"];
  const changed = { ...before, ...(isNewEmail && { email_verified: "false" }), ...given };
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== ""));
}
