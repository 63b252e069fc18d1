// The request line's target, as API Gateway reads it: the path is decoded before routing, the query is not.

export interface RequestTarget {
  /** Decoded, so `%2F` has become a separator, and cut at a decoded `?` (AWS does both). */
  readonly path: string;
  /** As sent, without the `?`. */
  readonly rawQueryString: string;
}

/**
 * @param target the request line's second word, also in absolute form
 * @returns undefined when it is no path or its escapes are no UTF-8: AWS answers 400
 */
export function parseTarget(target: string): RequestTarget | undefined {
  const origin = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?]*/i, "");
  const mark = origin.indexOf("?");
  const encoded = (mark < 0 ? origin : origin.slice(0, mark)) || "/";
  const rawQueryString = mark < 0 ? "" : origin.slice(mark + 1);
  if (!encoded.startsWith("/")) return undefined;
  if (!encoded.includes("%")) return { path: encoded, rawQueryString };
  try {
    const decoded = decodeURIComponent(encoded);
    const cut = decoded.indexOf("?");
    return { path: cut < 0 ? decoded : decoded.slice(0, cut), rawQueryString };
  } catch {
    return undefined;
  }
}

/** Decoded parameters; one that comes twice has its values joined by commas. Undefined when there are none. */
export function parseQuery(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === "") return undefined;
  const parameters = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const earlier = parameters[name];
    parameters[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return parameters;
}
