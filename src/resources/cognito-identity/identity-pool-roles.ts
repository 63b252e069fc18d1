// Which roles the pool's identities get. AWS keeps them beside the pool, and replaces all of them at each write.

import {
  CognitoIdentityClient,
  GetIdentityPoolRolesCommand,
  type RoleMapping,
  SetIdentityPoolRolesCommand,
} from "@aws-sdk/client-cognito-identity";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import type { Resource, Scope } from "../resource.ts";
import { MISSING, writeToIdentityPool } from "./identity-pool-write.ts";

export interface IdentityPoolRolesKey {
  readonly identityPoolId: string;
}

export interface IdentityPoolRolesSpec {
  readonly identityPoolId: string;
  /** The ARN of the role of whoever signed in. */
  readonly authenticated: string;
  /** The ARN of the guests' role. */
  readonly unauthenticated: string;
  /** Without guests that role is nobody's: it is taken off where it is set. */
  readonly guests: boolean;
  /** `<provider>:<client id>`: the user pool whose tokens are meant. */
  readonly login: string;
  /** A role that the token names comes first, as that of a group. */
  readonly mapsByToken: boolean;
  /** All that the pool takes tokens of. AWS refuses a mapping of any other, so that those of before go. */
  readonly logins: readonly string[];
}

export interface IdentityPoolRoles {
  readonly identityPoolId: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly mappings: Readonly<Record<string, RoleMapping>>;
}

/** Whoever's token names no role, or several and prefers none, has that of everybody who signed in. */
const BY_TOKEN: RoleMapping = { Type: "Token", AmbiguousRoleResolution: "AuthenticatedRole" };

export const identityPoolRoles: Resource<IdentityPoolRolesKey, IdentityPoolRolesSpec, IdentityPoolRoles> = {
  alreadyExists: [],
  rights: {
    itself: ["cognito-identity:GetIdentityPoolRoles"],
    everywhere: ["cognito-identity:SetIdentityPoolRoles"],
    passesRoleTo: "cognito-identity.amazonaws.com",
  },

  async read(scope, { identityPoolId }) {
    const command = new GetIdentityPoolRolesCommand({ IdentityPoolId: identityPoolId });
    const found = await unlessMissing(scope.clients.get(CognitoIdentityClient).send(command), MISSING);
    const { Roles: roles = {}, RoleMappings: mappings = {} } = found ?? {};
    if (Object.keys(roles).length === 0 && Object.keys(mappings).length === 0) return undefined;
    return { live: { identityPoolId, roles, mappings }, tags: "untaggable" };
  },

  diff: (spec, { live }) => changesTo(spec, live),

  async reconcile(scope, spec, observed, created) {
    const { identityPoolId } = spec;
    const before = observed?.live ?? { identityPoolId, roles: {}, mappings: {} };
    if (observed !== undefined && changesTo(spec, before).length === 0) return before;
    const live = { identityPoolId, roles: rolesFor(spec, before), mappings: mappingsFor(spec, before) };
    await set(scope, live);
    created(live);
    return live;
  },

  remove: (scope, { identityPoolId }) => set(scope, { identityPoolId, roles: {}, mappings: {} }),
};

function changesTo(spec: IdentityPoolRolesSpec, before: IdentityPoolRoles): Change[] {
  const wanted = rolesFor(spec, before);
  const ofKinds = ["authenticated", "unauthenticated"].flatMap((kind): Change[] => {
    const [from, to] = [before.roles[kind], wanted[kind]];
    return from === to ? [] : [{ field: `Roles.${kind}`, from, to }];
  });
  return [
    ...ofKinds,
    ...changesBetween({ RoleMappings: mappingsFor(spec, before) }, { RoleMappings: before.mappings }),
  ];
}

/** Without guests somebody else's role for them stays: the pool lets none in. */
function rolesFor(
  { authenticated, unauthenticated, guests }: IdentityPoolRolesSpec,
  { roles: { unauthenticated: before, ...others } }: IdentityPoolRoles,
): Readonly<Record<string, string>> {
  const ofGuests = guests ? unauthenticated : before === unauthenticated ? undefined : before;
  return { ...others, authenticated, ...(ofGuests === undefined ? {} : { unauthenticated: ofGuests }) };
}

/** Those of other logins stay, as long as the pool takes them. */
function mappingsFor(
  { login, logins, mapsByToken }: IdentityPoolRolesSpec,
  { mappings }: IdentityPoolRoles,
): Readonly<Record<string, RoleMapping>> {
  const isTaken = (each: string): boolean =>
    !isOfUserPool(each) || logins.some((known) => known === each || known.startsWith(`${each}:`));
  const others = Object.entries(mappings).filter(([each]) => each !== login && isTaken(each));
  return { ...Object.fromEntries(others), ...(mapsByToken ? { [login]: BY_TOKEN } : {}) };
}

/** Without a client it is of all of them; other providers are called by another domain or an ARN. */
function isOfUserPool(login: string): boolean {
  return login.startsWith("cognito-idp.");
}

async function set(scope: Scope, { identityPoolId, roles, mappings }: IdentityPoolRoles): Promise<void> {
  const command = new SetIdentityPoolRolesCommand({
    IdentityPoolId: identityPoolId,
    Roles: { ...roles },
    RoleMappings: { ...mappings },
  });
  await writeToIdentityPool(
    scope,
    identityPoolId,
    () => unlessMissing(scope.clients.get(CognitoIdentityClient).send(command), MISSING),
    isTooFresh,
  );
}

/**
 * A role that was just made, or one that may not be passed: AWS says the same of both, so that only time tells. And a login that the
 * pool takes since a moment ago.
 * @see https://github.com/boto/boto3/issues/73
 * @see https://github.com/aws/aws-cdk/issues/7670
 */
function isTooFresh(error: Error): boolean {
  return (
    (isAwsError(error, "NotAuthorizedException") && /^Access to Role .* is forbidden/.test(error.message)) ||
    (isAwsError(error, "InvalidParameterException") && error.message.includes("is not a configured provider"))
  );
}
