// Where things of a stack live on AWS, as policies name it: by name where AWS has names, by region and account where it has ids.
// https://docs.aws.amazon.com/service-authorization/latest/reference/

import type { Names } from "../core/names.ts";
import type { Place } from "../resources/resource.ts";

export interface Home {
  /** Of the statement about it: things of one kind share one. Letters and digits, as IAM takes them. */
  readonly sid: string;
  /** ARNs, perhaps with wildcards. */
  readonly arns: readonly string[];
  /** What calls are really about, one for each ARN; where it is not said, the ARNs with a word in place of each wildcard. */
  readonly examples?: readonly string[];
  /** The ARNs are forms of one: AWS looks at the first for tags, at the others for all else. */
  readonly isTaggedApart?: true;
}

export interface Whereabouts {
  readonly names: Names;
  readonly place: Place;
}

export type HomeOf = (where: Whereabouts) => Home;

export const tableHome: HomeOf = ({ names, place }) => ({
  sid: "Table",
  arns: [arn(place, "dynamodb", `table/${names.table}`)],
});

export const roleHome =
  (name: keyof Names): HomeOf =>
  ({ names, place }) => ({ sid: "Roles", arns: [role(place, names[name])] });

/** The Lambda console makes them below `/service-role/`: such a one can be taken over. */
export const functionRoleHome =
  (name: keyof Names): HomeOf =>
  ({ names, place }) => ({
    sid: "Roles",
    arns: [role(place, names[name]), role(place, `service-role/${names[name]}`)],
  });

/** Policies that the Lambda console makes together with a role. */
export const consolePolicyHome: HomeOf = ({ place }) => ({
  sid: "ConsolePolicies",
  arns: [arn({ ...place, region: "" }, "iam", "policy/service-role/AWSLambda*")],
});

export const functionHome =
  (name: keyof Names): HomeOf =>
  ({ names, place }) => ({ sid: "Functions", arns: [arn(place, "lambda", `function:${names[name]}`)] });

export const logGroupHome =
  (name: keyof Names): HomeOf =>
  ({ names, place }) => {
    const group = arn(place, "logs", `log-group:${names[name]}`);
    const arns = [group, `${group}:*`];
    return { sid: "LogGroups", arns, examples: [group, `${group}:log-stream:awsls`], isTaggedApart: true };
  };

/** An API's id is AWS's, and no account is in its ARN. Paths of tags have been seen behind a second ARN, too. */
export const apiHome: HomeOf = ({ place: { partition, region } }) => {
  const at = (path: string): string => `arn:${partition}:apigateway:${region}::${path}`;
  return {
    sid: "HttpApis",
    arns: ["/apis*", "*/tags/*"].map(at),
    examples: ["/apis/awsls", "/tags/awsls"].map(at),
  };
};

export const ruleHome: HomeOf = ({ names, place }) => ({
  sid: "TimerRule",
  arns: [arn(place, "events", `rule/${names.timerRule}`)],
});

export const userPoolHome: HomeOf = ({ place }) => ({
  sid: "UserPools",
  arns: [arn(place, "cognito-idp", "userpool/*")],
});

export const identityPoolHome: HomeOf = ({ place }) => ({
  sid: "IdentityPools",
  arns: [arn(place, "cognito-identity", "identitypool/*")],
});

/** Whoever has the policy, when that is a role: of which, no policy can say. */
export const ownRoleHome: HomeOf = ({ place }) => ({ sid: "OwnRights", arns: [role(place, "*")] });

/** Whoever has the policy, when that is a user, perhaps with a path. */
export const ownUserHome: HomeOf = ({ place }) => ({
  sid: "OwnRights",
  arns: ["user/${aws:username}", "user/*/${aws:username}"].map((path) => arn({ ...place, region: "" }, "iam", path)),
});

/** A role that AWS makes for a service of its own. */
export function linkedRoleArn({ partition, account }: Place, service: string, name: string): string {
  return role({ partition, account, region: "" }, `aws-service-role/${service}/${name}`);
}

function role(place: Place, path: string): string {
  return arn({ ...place, region: "" }, "iam", `role/${path}`);
}

function arn({ partition, region, account }: Place, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}
