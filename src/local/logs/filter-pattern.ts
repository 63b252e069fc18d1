// CloudWatch Logs' filter patterns for unstructured text: terms, phrases, any-of and exclusions.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html

import { AwsError } from "../service.ts";

/**
 * `ERROR "no item" -DEBUG`: every term is in the message, none of those after `-`; `?a ?b`: one of them is.
 * Optional terms count only when nothing else is asked for, as on AWS.
 * @throws {AwsError} UnknownOperationException for JSON, space-delimited and regex patterns, which are not implemented
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (/^[{[%]/.test(text)) {
    const message = "The local cloud does not implement filter patterns other than terms and phrases";
    throw new AwsError("UnknownOperationException", 400, message);
  }
  const terms = [...text.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(([, sign = "", phrase, word = ""]) => ({
    sign,
    term: phrase?.replace(/\\(.)/g, "$1") ?? word,
  }));
  const of = (sign: string): string[] => terms.filter((each) => each.sign === sign).map(({ term }) => term);
  const required = of("");
  const excluded = of("-");
  const optional = required.length + excluded.length === 0 ? of("?") : [];
  return (message) =>
    required.every((term) => message.includes(term)) &&
    !excluded.some((term) => message.includes(term)) &&
    (optional.length === 0 || optional.some((term) => message.includes(term)));
}
