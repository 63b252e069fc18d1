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
    } else if (wanted !== undefined && (wanted === "?" || wanted === text[index])) {
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

/** A wildcard in an ARN condition stays within its part: the six parts are compared one by one. */
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
 * Fills `${key}` from the request's context; `${*}`, `${?}` and `${$}` stand for themselves, and `${key, 'x'}` has a
 * default. Undefined when a key has no single value: such a pattern matches nothing.
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
      if (key === "*" || key === "?" || key === "$") return key;
      const value =
        Object.entries(variables).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1] ?? fallback;
      if (typeof value === "string") return value;
      isComplete = false;
      return "";
    },
  );
  return isComplete ? filled : undefined;
}
