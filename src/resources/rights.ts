// What whoever calls AWS must be allowed, declared beside the calls. Where on AWS that is, the stack knows.
// https://docs.aws.amazon.com/service-authorization/latest/reference/

/** As policies name it: `dynamodb:GetItem`. */
export type IamAction = `${string}:${string}`;

export interface Rights {
  /** On the thing itself. */
  readonly itself: readonly IamAction[];
  /** On `*`: AWS has no resource for them. */
  readonly everywhere?: readonly IamAction[];
  /** The service that gets a role: whoever gives it one needs `iam:PassRole`. */
  readonly passesRoleTo?: string;
  /** The service whose own role AWS makes with the first of these in an account. */
  readonly linkedRole?: { readonly service: string; readonly name: string };
}
