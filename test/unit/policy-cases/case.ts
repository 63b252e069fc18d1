// One question to IAM's policies, and the answer that AWS documents.

export type Answer = "allowed" | "denied" | "not allowed";

export interface PolicyCase {
  readonly name: string;
  /** Below https://docs.aws.amazon.com/IAM/latest/UserGuide/, or a whole address. */
  readonly page: string;
  /** Statements of the role's policy. */
  readonly role: readonly object[];
  readonly version?: "2008-10-17" | "2012-10-17";
  /** Statements of the session's own policy. */
  readonly session?: readonly object[];
  /** Statements of the resource's policy. */
  readonly of?: readonly object[];
  readonly action?: string;
  readonly resource?: string;
  readonly keys?: Readonly<Record<string, string | readonly string[]>>;
  readonly answer: Answer;
  /** Where the other evaluator is known to say something else, and why that is not AWS's answer. */
  readonly elsewhere?: { readonly answer: Answer; readonly because: string };
}

export const ACCOUNT = "111122223333";
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/ada`;
export const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/items`;
export const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:crud`;
export const GROUP = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/crud`;

export const READ = "dynamodb:GetItem";
export const WRITE = "dynamodb:PutItem";

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export function allow(
  Action: string | readonly string[],
  Resource: string | readonly string[] = "*",
  Condition?: Condition,
) {
  return { Effect: "Allow", Action, Resource, ...(Condition && { Condition }) };
}

export function deny(
  Action: string | readonly string[],
  Resource: string | readonly string[] = "*",
  Condition?: Condition,
) {
  return { ...allow(Action, Resource, Condition), Effect: "Deny" };
}

/** Reading, if the condition holds. */
export function readIf(Condition: Condition) {
  return [allow(READ, "*", Condition)];
}

/** Reading, unless the condition holds. */
export function readUnless(Condition: Condition) {
  return [allow(READ), deny(READ, "*", Condition)];
}
