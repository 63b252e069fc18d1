// Which right a refusal is about, also where AWS's words do not say it.

const DENIED = new Set(["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"]);
const NAMED = /not authorized to perform:? ([a-z0-9-]+:\w+)/i;
/** Refusals without the action, by AWS's words. */
const UNNAMED: readonly (readonly [RegExp, string])[] = [
  [/permissions? to create a Service Linked Role/i, "iam:CreateServiceLinkedRole"],
  [/^Access to Role .* is forbidden/, "iam:PassRole"],
];

/** Undefined for what is refused for other reasons. */
export function missingRightIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const unnamed = unnamedRightIn(error.message);
  if (unnamed !== undefined) return unnamed;
  return DENIED.has(error.name) ? (NAMED.exec(error.message)?.[1] ?? error.message) : undefined;
}

/** Undefined where the words name it. */
export function unnamedRightIn(message: string): string | undefined {
  return UNNAMED.find(([words]) => words.test(message))?.[1];
}
