// Rights that a call takes beside its own.

import type { Json, Need } from "./service.ts";

/**
 * Whoever gives a service a role could do by it what the role may do: so that takes a right of its own.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export function passingRole(roleArn: Json | undefined, service: string, { associated }: Passing = {}): readonly Need[] {
  if (typeof roleArn !== "string" || roleArn === "") return [];
  const keys = { "iam:PassedToService": service, "iam:AssociatedResourceArn": associated ?? [] };
  return [{ action: "iam:PassRole", resource: roleArn, keys }];
}

interface Passing {
  /** ARN of what will have the role. */
  readonly associated?: string;
}

/** @param tags of what is about to be made; none take no right */
export function tagging(action: string, resource: string, tags: Json | undefined): readonly Need[] {
  const isAsked = typeof tags === "object" && tags !== null && Object.keys(tags).length > 0;
  return isAsked ? [{ action, resource }] : [];
}
