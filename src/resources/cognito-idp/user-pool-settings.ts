// What a user pool's settings should be, how they are compared, and how AWS wants all of them back in an update.

import type {
  GetUserPoolMfaConfigResponse,
  SetUserPoolMfaConfigRequest,
  UpdateUserPoolRequest,
  UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { type Change, changesBetween } from "../../core/change.ts";

type Settings = Omit<UpdateUserPoolRequest, "UserPoolId" | "PoolName">;

/** E-mail addresses are verified and get an account back; everybody may sign up. */
export const WANTED = {
  AutoVerifiedAttributes: ["email"],
  AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: "verified_email" }] },
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
  Policies: {
    PasswordPolicy: {
      MinimumLength: 8,
      RequireLowercase: true,
      RequireUppercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
      TemporaryPasswordValidityDays: 7,
    },
  },
} as const satisfies Record<string, unknown>;

/** AWS cannot change them in a pool that is there. */
const FIXED = { UsernameAttributes: ["email"], "UsernameConfiguration.CaseSensitive": false };

/** With a code of an authenticator app, for whoever set one up. */
const WANTED_MFA = { MfaConfiguration: "OPTIONAL", "SoftwareTokenMfaConfiguration.Enabled": true };

export function settingChanges(name: string, described: UserPoolType): Change[] {
  const { UsernameAttributes, UsernameConfiguration } = described;
  return [
    ...changesBetween(FIXED, {
      UsernameAttributes,
      "UsernameConfiguration.CaseSensitive": UsernameConfiguration?.CaseSensitive ?? true,
    }),
    ...changesBetween(
      { PoolName: name, ...fieldsOf(withWanted(described)) },
      { PoolName: described.Name, ...fieldsOf(described) },
    ),
  ];
}

/** Member by member: what else stands beside them is others' business. */
function fieldsOf({
  AutoVerifiedAttributes,
  AccountRecoverySetting,
  AdminCreateUserConfig,
  Policies,
}: UserPoolType): Record<string, unknown> {
  const policy: Record<string, unknown> = { ...Policies?.PasswordPolicy };
  return {
    AutoVerifiedAttributes: AutoVerifiedAttributes ?? [],
    "AccountRecoverySetting.RecoveryMechanisms": AccountRecoverySetting?.RecoveryMechanisms,
    "AdminCreateUserConfig.AllowAdminCreateUserOnly": AdminCreateUserConfig?.AllowAdminCreateUserOnly,
    ...Object.fromEntries(
      Object.keys(WANTED.Policies.PasswordPolicy).map((field) => [`Policies.PasswordPolicy.${field}`, policy[field]]),
    ),
  };
}

export function mfaChanges(read: GetUserPoolMfaConfigResponse): Change[] {
  const { MfaConfiguration, SoftwareTokenMfaConfiguration } = read;
  return changesBetween(
    { ...WANTED_MFA, MfaConfiguration: toMfaConfig(read).MfaConfiguration },
    {
      MfaConfiguration,
      "SoftwareTokenMfaConfiguration.Enabled": SoftwareTokenMfaConfiguration?.Enabled ?? false,
    },
  );
}

/** Other ways to a second factor stay as they were read, and so does that everybody has to have one. */
export function toMfaConfig(read: GetUserPoolMfaConfigResponse): Omit<SetUserPoolMfaConfigRequest, "UserPoolId"> {
  const { MfaConfiguration, SmsMfaConfiguration, EmailMfaConfiguration, WebAuthnConfiguration } = read;
  return {
    MfaConfiguration: MfaConfiguration === "ON" ? "ON" : "OPTIONAL",
    SoftwareTokenMfaConfiguration: { Enabled: true },
    ...(SmsMfaConfiguration === undefined ? {} : { SmsMfaConfiguration }),
    ...(EmailMfaConfiguration === undefined ? {} : { EmailMfaConfiguration }),
    ...(WebAuthnConfiguration === undefined ? {} : { WebAuthnConfiguration }),
  };
}

/** As it is described, with all that we want; a longer password that somebody wants stays. */
export function withWanted(described: UserPoolType): UserPoolType {
  const { AdminCreateUserConfig, Policies } = described;
  const { MinimumLength = 0 } = Policies?.PasswordPolicy ?? {};
  const policy = WANTED.Policies.PasswordPolicy;
  const PasswordPolicy = { ...policy, MinimumLength: Math.max(MinimumLength, policy.MinimumLength) };
  return {
    ...described,
    AutoVerifiedAttributes: [...WANTED.AutoVerifiedAttributes],
    AccountRecoverySetting: { RecoveryMechanisms: [...WANTED.AccountRecoverySetting.RecoveryMechanisms] },
    AdminCreateUserConfig: { ...AdminCreateUserConfig, ...WANTED.AdminCreateUserConfig },
    Policies: { ...Policies, PasswordPolicy: { ...Policies?.PasswordPolicy, ...PasswordPolicy } },
  };
}

/** Whatever an update does not send goes back to its default. */
const KEPT = [
  "Policies",
  "DeletionProtection",
  "LambdaConfig",
  "AutoVerifiedAttributes",
  "SmsVerificationMessage",
  "EmailVerificationMessage",
  "EmailVerificationSubject",
  "VerificationMessageTemplate",
  "SmsAuthenticationMessage",
  "UserAttributeUpdateSettings",
  "MfaConfiguration",
  "DeviceConfiguration",
  "EmailConfiguration",
  "SmsConfiguration",
  "UserPoolTags",
  "AdminCreateUserConfig",
  "UserPoolAddOns",
  "AccountRecoverySetting",
  "UserPoolTier",
  "DcrConfiguration",
  "KeyConfiguration",
  "IssuerConfiguration",
  "AcrConfiguration",
] as const satisfies readonly (keyof Settings & keyof UserPoolType)[];

/**
 * All of a pool's settings as UpdateUserPool takes them.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
export function toSettings(pool: UserPoolType): Settings {
  // Described, but refused beside TemporaryPasswordValidityDays, which took its place.
  const { UnusedAccountValidityDays: _replaced, ...AdminCreateUserConfig } = pool.AdminCreateUserConfig ?? {};
  const whole = { ...pool, AdminCreateUserConfig };
  return Object.fromEntries(KEPT.flatMap((member) => (whole[member] === undefined ? [] : [[member, whole[member]]])));
}
