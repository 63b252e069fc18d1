// Codes that Cognito mails and that authenticators show: six digits, which many show in groups.

/** @returns undefined for what is none */
export function toCode(typed: string): string | undefined {
  const digits = typed.replaceAll(/[\s-]/g, "");
  return /^\d{6}$/.test(digits) ? digits : undefined;
}
