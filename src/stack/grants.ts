// Rights at the places where they are needed, and the policy that grants them.

import type { IamAction, Rights } from "../resources/rights.ts";
import { type Home, type HomeOf, linkedRoleArn, type Whereabouts } from "./homes.ts";

export interface Grant extends Home {
  readonly actions: readonly IamAction[];
  /** Condition keys that AWS sends along, and what they have to be. */
  readonly condition?: Readonly<Record<string, string>>;
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly IamAction[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface GrantingPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/** Where rights are needed; `roles` are those that are given to a service. */
export interface Needing {
  readonly home: HomeOf;
  readonly roles?: readonly HomeOf[];
}

export function grantsOf(rights: Rights, where: Whereabouts, { home, roles = [] }: Needing): Grant[] {
  const { itself, everywhere = [], passesRoleTo: service, linkedRole } = rights;
  return [
    { ...home(where), actions: itself },
    ...(everywhere.length === 0 ? [] : [{ sid: "AnyResource", arns: ["*"], actions: everywhere }]),
    ...(service === undefined ? [] : roles.map((role) => passingGrant(role(where), service))),
    ...(linkedRole === undefined ? [] : [linkingGrant(where, linkedRole)]),
  ];
}

function passingGrant(role: Home, service: string): Grant {
  return { ...role, actions: ["iam:PassRole"], condition: { "iam:PassedToService": service } };
}

function linkingGrant({ place }: Whereabouts, { service, name }: NonNullable<Rights["linkedRole"]>): Grant {
  return {
    sid: "ServiceLinkedRole",
    arns: [linkedRoleArn(place, service, name)],
    actions: ["iam:CreateServiceLinkedRole"],
    condition: { "iam:AWSServiceName": service },
  };
}

/** One statement for all grants of an id, in the order of the ids; nothing is in it twice. */
export function policyOf(grants: readonly Grant[]): GrantingPolicy {
  const sids = distinct(grants.map(({ sid }) => sid));
  return {
    Version: "2012-10-17",
    Statement: sids.map((sid) =>
      statementOf(
        sid,
        grants.filter((each) => each.sid === sid),
      ),
    ),
  };
}

function statementOf(Sid: string, grants: readonly Grant[]): PolicyStatement {
  const condition = conditionOf(grants);
  return {
    Sid,
    Effect: "Allow",
    Action: distinct(grants.flatMap(({ actions }) => actions)),
    Resource: distinct(grants.flatMap(({ arns }) => arns)),
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/** A key that only some of the actions have says nothing of the others: so all fit into one statement, and one policy. */
function conditionOf(grants: readonly Grant[]): PolicyStatement["Condition"] {
  const conditions = grants.flatMap(({ condition }) => Object.entries(condition ?? {}));
  if (conditions.length === 0) return undefined;
  const operator = grants.every(({ condition }) => condition !== undefined) ? "StringEquals" : "StringEqualsIfExists";
  const valuesOf = (key: string): string[] =>
    distinct(conditions.flatMap(([each, value]) => (each === key ? value : [])));
  return { [operator]: Object.fromEntries(conditions.map(([key]) => [key, valuesOf(key)])) };
}

/** Each once, in the order of the alphabet. */
function distinct<T extends string>(all: readonly T[]): T[] {
  return [...new Set(all)].toSorted();
}
