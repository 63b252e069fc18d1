// AWS credentials for users as data: an identity pool, the roles that it gives, and the group that has a role of its own.

import { KNOWN_AFTER_APPLY } from "../core/change.ts";
import { loginOf } from "../resources/cognito-identity/login.ts";
import type { RoleKey, RoleSpec } from "../resources/iam/role.ts";
import type { Tags } from "../resources/resource.ts";
import type { Settings } from "../state/state.ts";
import { ADMINS, issuerOf } from "./auth-components.ts";
import { type Component, type ComponentId, defineComponent, type Inputs } from "./component.ts";
import { identityPoolHome, roleHome, userPoolHome } from "./homes.ts";
import { SETTINGS_TAG } from "./ownership.ts";
import { adminsPolicy, authenticatedPolicy, guestPolicy, type LoginKind, POLICY_NAME, trustOf } from "./policies.ts";

type IdentityRole = "authenticatedRole" | "guestRole" | "adminsRole";

/** Whom each role is for: the kind of login that may assume it, what it may do in words, and exactly. */
const ROLES = {
  authenticatedRole: { kind: "authenticated", may: "read %, write rows of their own", policy: authenticatedPolicy },
  guestRole: { kind: "unauthenticated", may: "read %", policy: guestPolicy },
  adminsRole: { kind: "authenticated", may: "read and write %", policy: adminsPolicy },
} as const satisfies Record<IdentityRole, { kind: LoginKind; may: string; policy: unknown }>;

const WHO = {
  authenticatedRole: "users who signed in",
  guestRole: "guests",
  adminsRole: `the group ${ADMINS}`,
} as const;

export const IDENTITY_COMPONENTS: readonly Component[] = [
  defineComponent({
    id: "identityPool",
    home: identityPoolHome,
    addOn: "identity",
    needs: () => ["userPool", "userPoolClient"],
    seenAfter: ["userPool", "userPoolClient"],
    name: ({ names }) => names.identityPool,
    load: async () => (await import("../resources/cognito-identity/identity-pool.ts")).identityPool,
    key: (inputs) => {
      if (!mayHaveIdentity(inputs)) return undefined;
      const { identityPoolId, login: formerLogin } = inputs.recorded("identityPool")?.attributes ?? {};
      const hasClient = inputs.output("userPoolClient") !== undefined;
      return {
        name: inputs.names.identityPool,
        tags: inputs.tags("identityPool"),
        ...(formerLogin === undefined ? {} : { formerLogin }),
        ...(hasClient ? { login: ourLogin(inputs) } : {}),
        ...(identityPoolId === undefined ? {} : { identityPoolId }),
      };
    },
    spec: (inputs) => ({
      name: inputs.names.identityPool,
      guests: isForGuests(inputs.settings),
      providerName: providerNameOf(inputs),
      clientId: clientIdOf(inputs),
      tags: { ...inputs.tags("identityPool"), ...settingsTag(inputs.settings.identity) },
    }),
    identity: "identityPoolId",
    record: ({ identityPoolId, login }) => (login === undefined ? { identityPoolId } : { identityPoolId, login }),
  }),
  roleComponent("authenticatedRole"),
  roleComponent("guestRole"),
  roleComponent("adminsRole"),
  defineComponent({
    id: "identityPoolRoles",
    home: identityPoolHome,
    roles: [roleHome("authenticatedRole"), roleHome("guestRole")],
    addOn: "identity",
    parent: "identityPool",
    needs: () => ["identityPool", "authenticatedRole", "guestRole"],
    name: ({ settings, names }) =>
      rolesOf(settings)
        .map((id) => names[id])
        .join(", "),
    load: async () => (await import("../resources/cognito-identity/identity-pool-roles.ts")).identityPoolRoles,
    key: (inputs) => {
      const identityPoolId = inputs.output("identityPool")?.identityPoolId;
      return identityPoolId === undefined ? undefined : { identityPoolId };
    },
    spec: (inputs) => ({
      identityPoolId: inputs.output("identityPool")?.identityPoolId ?? KNOWN_AFTER_APPLY,
      authenticated: roleArnOf(inputs, "authenticatedRole"),
      unauthenticated: roleArnOf(inputs, "guestRole"),
      guests: isForGuests(inputs.settings),
      login: ourLogin(inputs),
      mapsByToken: isForAdmins(inputs.settings),
      logins: loginsOf(inputs),
    }),
  }),
  defineComponent({
    id: "adminsGroup",
    home: userPoolHome,
    roles: [roleHome("adminsRole")],
    addOn: "identity",
    parent: "userPool",
    needs: () => ["userPool", "adminsRole"],
    seenAfter: ["adminsRole"],
    when: isForAdmins,
    name: () => ADMINS,
    load: async () => (await import("../resources/cognito-idp/group.ts")).group,
    key: (inputs) => {
      const userPoolId = inputs.output("userPool")?.userPoolId;
      if (userPoolId === undefined || !mayHaveAdmins(inputs)) return undefined;
      return { userPoolId, groupName: ADMINS, ifDisposable: inputs.removes };
    },
    spec: (inputs) => ({
      userPoolId: inputs.output("userPool")?.userPoolId ?? KNOWN_AFTER_APPLY,
      groupName: ADMINS,
      roleArn: roleArnOf(inputs, "adminsRole"),
    }),
  }),
];

/** What was chosen has to survive a lost state file: that tokens are mapped is not to be seen at the pool itself. */
function settingsTag(identity: Settings["identity"]): Tags {
  if (identity === undefined) return {};
  const [guests, admins] = [identity.guests, identity.admins].map((isOn) => (isOn ? "yes" : "no"));
  return { [SETTINGS_TAG]: `guests=${guests} admins=${admins}` };
}

/** @returns what the tag says; undefined where it is not there */
export function parseIdentityTag(tags: Tags): Settings["identity"] {
  const value = tags[SETTINGS_TAG];
  if (value === undefined) return undefined;
  return { guests: value.includes("guests=yes"), admins: value.includes("admins=yes") };
}

/** All of them: what `identity delete` removes. */
export const IDENTITY: readonly ComponentId[] = IDENTITY_COMPONENTS.map(({ id }) => id);

/** What goes when it is asked for no longer. */
export const OPTIONAL: readonly ComponentId[] = ["guestRole", "adminsGroup", "adminsRole"];

function roleComponent(id: IdentityRole): Component {
  return defineComponent({
    id,
    home: roleHome(id),
    addOn: "identity",
    // IAM refuses a role for identities of no pool in particular.
    needs: () => ["identityPool"],
    seenAfter: ["identityPool"],
    when: (settings) => rolesOf(settings).includes(id),
    name: (inputs) => inputs.names[id],
    load: async () => (await import("../resources/iam/role.ts")).role,
    key: (inputs) => roleKey(inputs, id),
    spec: (inputs) => roleSpec(inputs, id),
    identity: "roleId",
    record: ({ roleArn, roleId }) => ({ roleArn, roleId }),
  });
}

function roleKey(inputs: Inputs, id: IdentityRole): RoleKey | undefined {
  const isHinted = inputs.output("identityPool") !== undefined || inputs.recorded(id) !== undefined;
  if (inputs.settings.identity === undefined && !isHinted && !isLost(inputs)) return undefined;
  const key = { roleName: inputs.names[id], tags: inputs.tags(id) };
  return inputs.removes ? key : { ...key, policyName: POLICY_NAME };
}

function roleSpec(inputs: Inputs, id: IdentityRole): RoleSpec {
  const { kind, may, policy } = ROLES[id];
  const { place, names } = inputs;
  return {
    roleName: names[id],
    policyName: POLICY_NAME,
    description: `What ${WHO[id]} may do with AWS credentials: ${may.replace("%", names.table)}`,
    trustPolicy: trustOf(inputs.output("identityPool")?.identityPoolId ?? KNOWN_AFTER_APPLY, kind),
    policy: policy(place, names),
    exclusive: inputs.takesOver(id),
    tags: inputs.tags(id),
  };
}

/** Where nothing hints at one it is not worth a call: it stands on the user pool. */
function mayHaveIdentity(inputs: Inputs): boolean {
  const isKnown = inputs.settings.identity !== undefined || IDENTITY.some((id) => inputs.recorded(id) !== undefined);
  return isKnown || inputs.output("userPool") !== undefined || isLost(inputs);
}

/** The group may be somebody's for another reason: one without a trace of a role of its own is not looked at. */
function mayHaveAdmins(inputs: Inputs): boolean {
  const isKnown = isForAdmins(inputs.settings) || inputs.recorded("adminsGroup") !== undefined;
  return isKnown || inputs.output("adminsRole") !== undefined;
}

/** Nothing of the stack is recorded: it may be that the state file was lost. */
function isLost(inputs: Inputs): boolean {
  return inputs.recorded("table") === undefined && inputs.recorded("api") === undefined;
}

function isForAdmins({ identity }: Settings): boolean {
  return identity?.admins === true;
}

function isForGuests({ identity }: Settings): boolean {
  return identity?.guests === true;
}

/** Those that somebody can get: a role for nobody is not made. */
function rolesOf(settings: Settings): IdentityRole[] {
  return [
    "authenticatedRole",
    ...(isForGuests(settings) ? (["guestRole"] as const) : []),
    ...(isForAdmins(settings) ? (["adminsRole"] as const) : []),
  ];
}

/** What the user pool is called as a login: its issuer, without `https://`. */
function providerNameOf(inputs: Inputs): string {
  const userPoolId = inputs.output("userPool")?.userPoolId ?? KNOWN_AFTER_APPLY;
  return issuerOf(inputs.place, userPoolId).slice("https://".length);
}

function clientIdOf(inputs: Inputs): string {
  return inputs.output("userPoolClient")?.clientId ?? KNOWN_AFTER_APPLY;
}

function ourLogin(inputs: Inputs): string {
  return loginOf({ ProviderName: providerNameOf(inputs), ClientId: clientIdOf(inputs) });
}

/** All that the pool takes tokens of once it is as it should be. */
function loginsOf(inputs: Inputs): string[] {
  const { described, login: former } = inputs.output("identityPool") ?? {};
  const there = (described?.CognitoIdentityProviders ?? []).map(loginOf);
  return [...new Set([...there.filter((each) => each !== former), ourLogin(inputs)])];
}

/** Computed until it is there; read then, for it may have a path. */
function roleArnOf(inputs: Inputs, id: IdentityRole): string {
  const { partition, account } = inputs.place;
  return inputs.output(id)?.roleArn ?? `arn:${partition}:iam::${account}:role/${inputs.names[id]}`;
}
