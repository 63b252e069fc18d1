// A pool's settings: the members of CreateUserPool and UpdateUserPool, and what AWS puts where none was given.

import type { Json, JsonObject, Shape, Unimplemented } from "../service.ts";
import { invalidParameter } from "./errors.ts";
import { objectOf, textOf } from "./input.ts";
import { TAGS } from "./shapes.ts";

const flag: Shape = { type: "boolean" };
const MESSAGE: Shape = { type: "string", min: 6, max: 20_000, pattern: "[\\s\\S]*\\{####\\}[\\s\\S]*" };
const SUBJECT: Shape = { type: "string", min: 1, max: 140 };
const VERIFIABLE: Shape = { type: "list", of: { type: "string", values: ["phone_number", "email"] } };

export const MFA_CONFIGURATION: Shape = { type: "string", values: ["OFF", "ON", "OPTIONAL"] };

/** What CreateUserPool and UpdateUserPool have in common. */
export const SETTINGS: Readonly<Record<string, Shape>> = {
  Policies: {
    type: "structure",
    members: {
      PasswordPolicy: {
        type: "structure",
        members: {
          MinimumLength: { type: "integer", min: 6, max: 99 },
          RequireUppercase: flag,
          RequireLowercase: flag,
          RequireNumbers: flag,
          RequireSymbols: flag,
          TemporaryPasswordValidityDays: { type: "integer", min: 0, max: 365 },
        },
      },
    },
  },
  DeletionProtection: { type: "string", values: ["ACTIVE", "INACTIVE"] },
  AutoVerifiedAttributes: VERIFIABLE,
  EmailVerificationMessage: MESSAGE,
  EmailVerificationSubject: SUBJECT,
  VerificationMessageTemplate: {
    type: "structure",
    members: {
      EmailMessage: MESSAGE,
      EmailSubject: SUBJECT,
      DefaultEmailOption: { type: "string", values: ["CONFIRM_WITH_LINK", "CONFIRM_WITH_CODE"] },
    },
  },
  UserAttributeUpdateSettings: {
    type: "structure",
    members: { AttributesRequireVerificationBeforeUpdate: VERIFIABLE },
  },
  MfaConfiguration: MFA_CONFIGURATION,
  EmailConfiguration: {
    type: "structure",
    members: { EmailSendingAccount: { type: "string", values: ["COGNITO_DEFAULT", "DEVELOPER"] } },
  },
  UserPoolTags: TAGS,
  AdminCreateUserConfig: {
    type: "structure",
    members: {
      AllowAdminCreateUserOnly: flag,
      UnusedAccountValidityDays: { type: "integer", min: 0, max: 365 },
      InviteMessageTemplate: {
        type: "structure",
        members: {
          EmailMessage: {
            ...MESSAGE,
            pattern: "[\\s\\S]*\\{(####|username)\\}[\\s\\S]*\\{(####|username)\\}[\\s\\S]*",
          },
          EmailSubject: SUBJECT,
        },
      },
    },
  },
  AccountRecoverySetting: {
    type: "structure",
    members: {
      RecoveryMechanisms: {
        type: "list",
        min: 1,
        max: 2,
        of: {
          type: "structure",
          members: {
            Priority: { type: "integer", required: true, min: 1, max: 2 },
            Name: { type: "string", required: true, values: ["verified_email", "verified_phone_number", "admin_only"] },
          },
        },
      },
    },
  },
  UserPoolTier: { type: "string", values: ["LITE", "ESSENTIALS", "PLUS"] },
};

/** Members of the same two that this cloud does not act on. */
export const NOT_IMPLEMENTED: readonly Unimplemented[] = [
  "LambdaConfig",
  "SmsVerificationMessage",
  "SmsAuthenticationMessage",
  "SmsConfiguration",
  "DeviceConfiguration",
  "UserPoolAddOns",
  "DcrConfiguration",
  "KeyConfiguration",
  "IssuerConfiguration",
  "AcrConfiguration",
  "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate",
  "Policies.PasswordPolicy.PasswordHistorySize",
  "VerificationMessageTemplate.SmsMessage",
  "VerificationMessageTemplate.EmailMessageByLink",
  "VerificationMessageTemplate.EmailSubjectByLink",
  { member: "VerificationMessageTemplate.DefaultEmailOption", unless: "CONFIRM_WITH_CODE" },
  "AdminCreateUserConfig.InviteMessageTemplate.SMSMessage",
  { member: "EmailConfiguration.EmailSendingAccount", unless: "COGNITO_DEFAULT" },
  "EmailConfiguration.SourceArn",
  "EmailConfiguration.From",
  "EmailConfiguration.ReplyToEmailAddress",
  "EmailConfiguration.ConfigurationSet",
];

/**
 * The settings of a pool that is made or replaced with these members.
 * @throws {AwsError} `InvalidParameterException` for members that exclude each other
 */
export function toSettings(input: JsonObject): JsonObject {
  requireNoPhone(input["AutoVerifiedAttributes"]);
  const verification = verificationOf(input);
  const mirrored = {
    EmailVerificationMessage: verification["EmailMessage"],
    EmailVerificationSubject: verification["EmailSubject"],
  };
  const policy = passwordPolicyOf(input);
  return {
    Policies: { PasswordPolicy: policy, SignInPolicy: signInPolicyOf(input) },
    DeletionProtection: input["DeletionProtection"] ?? "INACTIVE",
    LambdaConfig: {},
    AutoVerifiedAttributes: input["AutoVerifiedAttributes"],
    ...mirrored,
    VerificationMessageTemplate: verification,
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: [] },
    EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: false,
      ...objectOf(input["AdminCreateUserConfig"]),
      UnusedAccountValidityDays: policy["TemporaryPasswordValidityDays"],
    },
    AccountRecoverySetting: input["AccountRecoverySetting"] ?? {
      RecoveryMechanisms: [
        { Priority: 1, Name: "verified_email" },
        { Priority: 2, Name: "verified_phone_number" },
      ],
    },
    UserPoolTier: input["UserPoolTier"] ?? "ESSENTIALS",
  };
}

/** Without a policy everything is asked for; in one that is given, what is not named is not. */
function passwordPolicyOf(input: JsonObject): JsonObject {
  const given = objectOf(input["Policies"])["PasswordPolicy"];
  const isStrict = given === undefined;
  const unused = objectOf(input["AdminCreateUserConfig"])["UnusedAccountValidityDays"];
  const days = objectOf(given)["TemporaryPasswordValidityDays"];
  if (days !== undefined && unused !== undefined && unused !== 0) {
    throw invalidParameter(
      "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
    );
  }
  return {
    MinimumLength: 8,
    RequireUppercase: isStrict,
    RequireLowercase: isStrict,
    RequireNumbers: isStrict,
    RequireSymbols: isStrict,
    ...objectOf(given),
    TemporaryPasswordValidityDays: days ?? unused ?? 7,
  };
}

/** Passwords are the one first factor here. */
function signInPolicyOf(input: JsonObject): JsonObject {
  const factors = objectOf(objectOf(input["Policies"])["SignInPolicy"])["AllowedFirstAuthFactors"] ?? ["PASSWORD"];
  if (!Array.isArray(factors) || factors.length !== 1 || factors[0] !== "PASSWORD") {
    throw invalidParameter("The local cloud's user pools have PASSWORD as the one first factor");
  }
  return { AllowedFirstAuthFactors: factors };
}

/** The older members say the same. */
function verificationOf(input: JsonObject): JsonObject {
  const template = objectOf(input["VerificationMessageTemplate"]);
  const message = textOf(template, "EmailMessage") ?? textOf(input, "EmailVerificationMessage");
  const subject = textOf(template, "EmailSubject") ?? textOf(input, "EmailVerificationSubject");
  return {
    ...(message !== undefined && { EmailMessage: message }),
    ...(subject !== undefined && { EmailSubject: subject }),
    DefaultEmailOption: "CONFIRM_WITH_CODE",
  };
}

export function requireNoPhone(attributes: Json | undefined): void {
  if (Array.isArray(attributes) && attributes.includes("phone_number")) {
    throw invalidParameter("The local cloud sends no text messages: use email instead of phone_number");
  }
}
