// Conditions of IAM policies: operators, their set forms (`ForAnyValue:`), `IfExists`.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

import { BlockList, isIPv4, isIPv6 } from "node:net";
import { matchesArn, matchesGlob, plainText, substitute } from "./glob.ts";

/**
 * What is known of a request: condition key → value, or values of a multivalued key; none for a key that is known to be
 * absent. Of any other key nothing is known.
 */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

interface Operator {
  matches(wanted: string, given: string): boolean;
  /** `StringNotEquals` and the like: true when no value matches, also when the key is absent. */
  readonly negated?: true;
}

const equals = (wanted: string, given: string): boolean => plainText(wanted) === given;
const equalsIgnoringCase = (wanted: string, given: string): boolean =>
  plainText(wanted).toLowerCase() === given.toLowerCase();
const numeric = (compare: (given: number, wanted: number) => boolean) => (wanted: string, given: string) =>
  compare(Number(given), Number(wanted));

const dated = (compare: (given: number, wanted: number) => boolean) => (wanted: string, given: string) =>
  compare(timeOf(given), timeOf(wanted));

/** Milliseconds of a W3C date, or of seconds since the epoch; NaN, which no comparison holds for, of anything else. */
function timeOf(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** An address within a CIDR block, or the address itself. */
function isWithin(wanted: string, given: string): boolean {
  const [net = "", bits] = wanted.split("/");
  const family = isIPv4(net) ? "ipv4" : isIPv6(net) ? "ipv6" : undefined;
  const whole = family === "ipv4" ? 32 : 128;
  const prefix = bits === undefined ? whole : Number(bits);
  if (family === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > whole) return false;
  const block = new BlockList();
  block.addSubnet(net, prefix, family);
  return (family === "ipv4" ? isIPv4(given) : isIPv6(given)) && block.check(given, family);
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { matches: equals },
  StringNotEquals: { matches: equals, negated: true },
  StringEqualsIgnoreCase: { matches: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { matches: equalsIgnoringCase, negated: true },
  StringLike: { matches: matchesGlob },
  StringNotLike: { matches: matchesGlob, negated: true },
  ArnEquals: { matches: matchesArn },
  ArnLike: { matches: matchesArn },
  ArnNotEquals: { matches: matchesArn, negated: true },
  ArnNotLike: { matches: matchesArn, negated: true },
  Bool: { matches: equalsIgnoringCase },
  NumericEquals: { matches: numeric((given, wanted) => given === wanted) },
  NumericNotEquals: { matches: numeric((given, wanted) => given === wanted), negated: true },
  NumericLessThan: { matches: numeric((given, wanted) => given < wanted) },
  NumericLessThanEquals: { matches: numeric((given, wanted) => given <= wanted) },
  NumericGreaterThan: { matches: numeric((given, wanted) => given > wanted) },
  NumericGreaterThanEquals: { matches: numeric((given, wanted) => given >= wanted) },
  DateEquals: { matches: dated((given, wanted) => given === wanted) },
  DateNotEquals: { matches: dated((given, wanted) => given === wanted), negated: true },
  DateLessThan: { matches: dated((given, wanted) => given < wanted) },
  DateLessThanEquals: { matches: dated((given, wanted) => given <= wanted) },
  DateGreaterThan: { matches: dated((given, wanted) => given > wanted) },
  DateGreaterThanEquals: { matches: dated((given, wanted) => given >= wanted) },
  BinaryEquals: { matches: equals },
  IpAddress: { matches: isWithin },
  NotIpAddress: { matches: isWithin, negated: true },
};

const OPERATOR_NAME = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/;

/** Whether this evaluator knows the operator; a policy with another one is refused when it is put. */
export function isConditionOperator(name: string): boolean {
  const base = OPERATOR_NAME.exec(name)?.[2];
  return base !== undefined && (base === "Null" || Object.hasOwn(OPERATORS, base));
}

/**
 * Every operator and every key must hold; of one key's values, any.
 * @param unknownHolds what is said of a key of which nothing is known; without it, such a key is absent
 */
export function conditionsHold(
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  context: ConditionContext,
  variables: ConditionContext | undefined,
  unknownHolds?: true,
): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const filled = wanted.map((value) => substitute(value, variables)).filter((value) => value !== undefined);
      const given = valuesOf(context, key);
      if (given === undefined && unknownHolds) return true;
      // AWS takes a statement with a variable that it cannot fill for invalid: an allow does not apply then.
      if (filled.length < wanted.length && !unknownHolds) return false;
      return holds(operator, filled, given ?? []);
    }),
  );
}

function holds(name: string, wanted: readonly string[], given: readonly string[]): boolean {
  const [, set, base = "", ifExists] = OPERATOR_NAME.exec(name) ?? [];
  if (base === "Null") return wanted.includes(String(given.length === 0));
  const operator = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined;
  if (!operator) return false;
  if (given.length === 0) {
    // An absent key: "for all of none" is true, and so is "does not equal".
    return ifExists !== undefined || set === "ForAllValues" || (operator.negated === true && set === undefined);
  }
  const test = (value: string): boolean =>
    wanted.some((pattern) => operator.matches(pattern, value)) !== (operator.negated === true);
  return set === "ForAllValues" || (set === undefined && operator.negated) ? given.every(test) : given.some(test);
}

function valuesOf(context: ConditionContext, key: string): readonly string[] | undefined {
  const value = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  // All tags of the principal and of the request are known.
  if (value === undefined && /^aws:(Principal|Request)Tag\//i.test(key)) return [];
  return typeof value === "string" ? [value] : value;
}
