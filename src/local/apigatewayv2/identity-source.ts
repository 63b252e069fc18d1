// Where a request carries what it is to be let in for: an authorizer's selection expression.

import { parseQuery } from "./path.ts";

/** The parts of a request that an expression may name. */
export interface Sources {
  /** Lower-case names; values of a repeated one joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rawQueryString: string;
}

const EXPRESSION = /^\$request\.(header|querystring)\.([\w!#$%&'*+.^`|~-]+)$/;

/** Whether a JWT authorizer can have this source: one header, or one parameter of the query. */
export function isIdentitySource(expression: string): boolean {
  return EXPRESSION.test(expression);
}

/** @returns undefined when the request has nothing there, or the expression is none */
export function identityAt(expression: string, { headers, rawQueryString }: Sources): string | undefined {
  const [, where, name = ""] = EXPRESSION.exec(expression) ?? [];
  if (where === "header") return headers[name.toLowerCase()];
  return where === "querystring" ? parseQuery(rawQueryString)?.[name] : undefined;
}
