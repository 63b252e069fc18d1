// Codes that Cognito mails and that authenticators show, and the secret by which they do.

/** `ABCD EFGH …`: as a person types it. */
export function groupsOfFour(secret: string): string {
  return secret.replaceAll(/.{4}(?=.)/g, "$& ");
}

/** Six digits, which many apps show in groups; undefined for what is none. */
export function toCode(typed: string): string | undefined {
  const digits = typed.replaceAll(/[\s-]/g, "");
  return /^\d{6}$/.test(digits) ? digits : undefined;
}
