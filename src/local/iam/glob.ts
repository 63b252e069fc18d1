// IAM's wildcards and policy variables.

/**
 * Whether text matches a pattern in which `*` is any run of characters and `?` any single one. Linear in practice and
 * never exponential, unlike a regular expression made of the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  for (let index = 0; index < text.length;) {
    const wanted = pattern[at];
    if (wanted === "*") {
      [star, resume] = [at, index];
      at += 1;
    } else if (wanted !== undefined && (wanted === "?" || literalOf(wanted) === text[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      // The last star takes one character more, and the rest is tried again behind it.
      resume += 1;
      [at, index] = [star + 1, resume];
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Stand for a `*` and a `?` that are no wildcards: those that a variable's value brings along, and `${*}`. */
const LITERAL_STAR = "\uE000";
const LITERAL_QUESTION = "\uE001";

function literalOf(character: string): string {
  return character === LITERAL_STAR ? "*" : character === LITERAL_QUESTION ? "?" : character;
}

/** What a filled pattern says where it is compared as it stands. */
export function plainText(filled: string): string {
  return filled.replaceAll(LITERAL_STAR, "*").replaceAll(LITERAL_QUESTION, "?");
}

function withoutWildcards(value: string): string {
  return value.replaceAll("*", LITERAL_STAR).replaceAll("?", LITERAL_QUESTION);
}

/** Whether a resource element of a policy means that resource: `*`, or an ARN with wildcards. */
export function matchesResource(pattern: string, resource: string): boolean {
  return pattern === resource || /^\*+$/.test(pattern) || matchesArn(pattern, resource);
}

/** A wildcard in an ARN stays within its part, but for the last one: the six parts are compared one by one. */
export function matchesArn(pattern: string, arn: string): boolean {
  const [wanted, given] = [arnParts(pattern), arnParts(arn)];
  return (
    wanted.length === 6 && given.length === 6 && wanted.every((part, index) => matchesGlob(part, given[index] ?? ""))
  );
}

function arnParts(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/**
 * Fills `${key}` from the request's context, whose `*` and `?` are no wildcards; `${*}`, `${?}` and `${$}` stand for themselves,
 * and `${key, 'x'}` has a default. Undefined when a key has no single value: such a pattern matches nothing.
 * @param variables undefined: this policy is older than variables
 */
export function substitute(
  pattern: string,
  variables: Readonly<Record<string, string | readonly string[]>> | undefined,
): string | undefined {
  if (variables === undefined || !pattern.includes("${")) return pattern;
  let isComplete = true;
  const filled = pattern.replace(
    /\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}/g,
    (_all, key: string, fallback?: string) => {
      if (key === "*" || key === "?" || key === "$") return withoutWildcards(key);
      // A key of several values is no variable: nothing says which one is meant.
      const value = Object.entries(variables).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1] ?? [];
      const one = typeof value === "string" ? value : value.length === 0 ? fallback : undefined;
      if (one !== undefined) return withoutWildcards(one);
      isComplete = false;
      return "";
    },
  );
  return isComplete ? filled : undefined;
}
