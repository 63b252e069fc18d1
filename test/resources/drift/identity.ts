// Identity pool, its roles, what ties them, and the group with a role of its own, changed or deleted by hand.

import {
  type CognitoIdentityProvider,
  DeleteIdentityPoolCommand,
  DescribeIdentityPoolCommand,
  GetIdentityPoolRolesCommand,
  type IdentityPool,
  ListIdentityPoolsCommand,
  type RoleMapping,
  SetIdentityPoolRolesCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateIdentityPoolCommand,
} from "@aws-sdk/client-cognito-identity";
import {
  DeleteGroupCommand,
  GetGroupCommand,
  type GroupType,
  ListUserPoolsCommand,
  UpdateGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { expect } from "vitest";
import { ACCOUNT, anything, type ByHand, EVERYTHING, NAME } from "./by-hand.ts";
import type { DriftRow, KeptRow } from "./row.ts";

const PolicyName = "awsls-least-privilege";
const roleName = (kind: string): string => `${NAME}-${kind}-role`;
const roleArn = (kind: string): string => `arn:aws:iam::${ACCOUNT}:role/${roleName(kind)}`;
/** Another account's: this one does not see whether it is there. */
const THEIRS = {
  ProviderName: "cognito-idp.us-east-1.amazonaws.com/us-east-1_Another01",
  ClientId: "0123456789theirs",
};
const THEIR_LOGIN = `${THEIRS.ProviderName}:${THEIRS.ClientId}`;

async function pool({ identity }: ByHand): Promise<Partial<IdentityPool>> {
  const { IdentityPools = [] } = await identity.send(new ListIdentityPoolsCommand({ MaxResults: 60 }));
  const [{ IdentityPoolId } = {}] = IdentityPools;
  const { $metadata: _answer, ...described } = await identity.send(new DescribeIdentityPoolCommand({ IdentityPoolId }));
  return described;
}

async function poolArn(aws: ByHand): Promise<string> {
  return `arn:aws:cognito-identity:${aws.region}:${ACCOUNT}:identitypool/${(await pool(aws)).IdentityPoolId}`;
}

/** As the console does: all of it is sent again. */
const updatePool =
  (change: (before: Partial<IdentityPool>) => Partial<IdentityPool>) =>
  async (aws: ByHand): Promise<unknown> => {
    const before = await pool(aws);
    const { IdentityPoolName, AllowUnauthenticatedIdentities } = before;
    const whole = { ...before, IdentityPoolName, AllowUnauthenticatedIdentities, ...change(before) };
    return aws.identity.send(new UpdateIdentityPoolCommand(whole as IdentityPool));
  };

const changeProvider = (change: Partial<CognitoIdentityProvider>): ReturnType<typeof updatePool> =>
  updatePool(({ CognitoIdentityProviders: all = [] }) => ({
    CognitoIdentityProviders: all.map((each) => ({ ...each, ...change })),
  }));

interface PoolRoles {
  readonly Roles: Record<string, string>;
  readonly RoleMappings: Record<string, RoleMapping>;
}

async function poolRoles(aws: ByHand): Promise<PoolRoles> {
  const { IdentityPoolId } = await pool(aws);
  const { Roles = {}, RoleMappings = {} } = await aws.identity.send(
    new GetIdentityPoolRolesCommand({ IdentityPoolId }),
  );
  return { Roles, RoleMappings };
}

const setRoles =
  (change: (before: PoolRoles) => Partial<PoolRoles>) =>
  async (aws: ByHand): Promise<unknown> => {
    const before = await poolRoles(aws);
    const { IdentityPoolId } = await pool(aws);
    return aws.identity.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, ...before, ...change(before) }));
  };

async function ofGroup({ cognito }: ByHand): Promise<{ UserPoolId: string; GroupName: string }> {
  const { UserPools = [] } = await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }));
  return { UserPoolId: UserPools[0]?.Id ?? "", GroupName: "admins" };
}

async function group(aws: ByHand): Promise<GroupType> {
  return (await aws.cognito.send(new GetGroupCommand(await ofGroup(aws)))).Group ?? {};
}

const deleteRole =
  (kind: string) =>
  async ({ iam }: ByHand): Promise<unknown> => {
    await iam.send(new DeleteRolePolicyCommand({ RoleName: roleName(kind), PolicyName }));
    return iam.send(new DeleteRoleCommand({ RoleName: roleName(kind) }));
  };

export const IDENTITY_FIELDS: readonly DriftRow[] = [
  {
    member: "IdentityPoolSpec.name",
    what: "the identity pool's name",
    by: updatePool(() => ({ IdentityPoolName: "mine" })),
    seen: { identityPool: { IdentityPoolName: ["mine", `${NAME}-identities`] } },
    writes: ["UpdateIdentityPool"],
  },
  {
    member: "IdentityPoolSpec.guests",
    what: "guests who are not let in",
    by: updatePool(() => ({ AllowUnauthenticatedIdentities: false })),
    seen: { identityPool: { AllowUnauthenticatedIdentities: [false, true] } },
    writes: ["UpdateIdentityPool"],
  },
  {
    member: "IdentityPoolSpec.providerName",
    what: "a pool that takes nobody's tokens",
    by: updatePool(() => ({ CognitoIdentityProviders: [] })),
    seen: { identityPool: { CognitoIdentityProviders: [[], [anything]] } },
    writes: ["UpdateIdentityPool"],
  },
  {
    what: "tokens that are taken without asking whether their user is still there",
    by: changeProvider({ ServerSideTokenCheck: false }),
    seen: {
      identityPool: {
        CognitoIdentityProviders: [
          [expect.objectContaining({ ServerSideTokenCheck: false })],
          [expect.objectContaining({ ServerSideTokenCheck: true })],
        ],
      },
    },
    writes: ["UpdateIdentityPool"],
  },
  {
    what: "the classic flow, in which a caller chooses the role",
    by: updatePool(() => ({ AllowClassicFlow: true })),
    seen: { identityPool: { AllowClassicFlow: [true, false] } },
    writes: ["UpdateIdentityPool"],
  },
  {
    member: "IdentityPoolSpec.tags",
    what: "a tag of the identity pool",
    by: async (aws) =>
      aws.identity.send(new UntagResourceCommand({ ResourceArn: await poolArn(aws), TagKeys: ["awsls:component"] })),
    seen: { identityPool: { Tags: [{ "awsls:component": undefined }, { "awsls:component": "identityPool" }] } },
    writes: ["TagResource"],
  },
  {
    what: "a role for users of another identity pool",
    by: ({ iam }) =>
      iam.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: roleName("authenticated"),
          PolicyDocument: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Federated: "cognito-identity.amazonaws.com" },
                Action: "sts:AssumeRoleWithWebIdentity",
                Condition: {
                  StringEquals: {
                    "cognito-identity.amazonaws.com:aud": "us-east-1:11111111-2222-3333-4444-555555555555",
                  },
                },
              },
            ],
          }),
        }),
      ),
    seen: { authenticatedRole: { AssumeRolePolicyDocument: [anything, anything] } },
    writes: ["UpdateAssumeRolePolicy"],
  },
  {
    what: "guests who may do everything",
    by: ({ iam }) =>
      iam.send(
        new PutRolePolicyCommand({
          RoleName: roleName("guest"),
          PolicyName,
          PolicyDocument: JSON.stringify(EVERYTHING),
        }),
      ),
    seen: { guestRole: { PolicyDocument: [EVERYTHING, anything] } },
    writes: ["PutRolePolicy"],
  },
  {
    member: "IdentityPoolRolesSpec.authenticated",
    what: "users who get the admins' role",
    by: setRoles(({ Roles }) => ({ Roles: { ...Roles, authenticated: roleArn("admins") } })),
    seen: { identityPoolRoles: { "Roles.authenticated": [roleArn("admins"), roleArn("authenticated")] } },
    writes: ["SetIdentityPoolRoles"],
  },
  {
    member: "IdentityPoolRolesSpec.unauthenticated",
    what: "guests who get no role",
    by: setRoles(({ Roles: { authenticated = "" } }) => ({ Roles: { authenticated } })),
    seen: { identityPoolRoles: { "Roles.unauthenticated": [undefined, roleArn("guest")] } },
    writes: ["SetIdentityPoolRoles"],
  },
  {
    member: "IdentityPoolRolesSpec.mapsByToken",
    what: "tokens that name a role for nothing",
    by: setRoles(() => ({ RoleMappings: {} })),
    seen: { identityPoolRoles: { RoleMappings: [{}, anything] } },
    writes: ["SetIdentityPoolRoles"],
  },
  {
    member: "GroupSpec.roleArn",
    what: "a group whose role is another",
    by: async (aws) =>
      aws.cognito.send(new UpdateGroupCommand({ ...(await ofGroup(aws)), RoleArn: roleArn("authenticated") })),
    seen: { adminsGroup: { RoleArn: [roleArn("authenticated"), roleArn("admins")] } },
    writes: ["UpdateGroup"],
  },
];

export const IDENTITY_DELETIONS: readonly DriftRow[] = [
  {
    what: "the identity pool",
    by: async (aws) =>
      aws.identity.send(new DeleteIdentityPoolCommand({ IdentityPoolId: (await pool(aws)).IdentityPoolId })),
    seen: {
      identityPool: "missing",
      authenticatedRole: { AssumeRolePolicyDocument: [anything, anything] },
      guestRole: { AssumeRolePolicyDocument: [anything, anything] },
      adminsRole: { AssumeRolePolicyDocument: [anything, anything] },
      identityPoolRoles: "missing",
    },
    writes: [
      "CreateIdentityPool",
      "SetIdentityPoolRoles",
      "UpdateAssumeRolePolicy",
      "UpdateAssumeRolePolicy",
      "UpdateAssumeRolePolicy",
    ],
  },
  ...(["authenticated", "guest", "admins"] as const).map((kind): DriftRow => ({
    what: `the ${kind} role`,
    by: deleteRole(kind),
    seen: { [`${kind}Role`]: "missing" },
    writes: ["CreateRole", "PutRolePolicy"],
  })),
  {
    what: "what ties the roles to the pool",
    by: setRoles(() => ({ Roles: {}, RoleMappings: {} })),
    seen: { identityPoolRoles: "missing" },
    writes: ["SetIdentityPoolRoles"],
  },
  {
    what: "the admins' group",
    by: async (aws) => aws.cognito.send(new DeleteGroupCommand(await ofGroup(aws))),
    seen: { adminsGroup: "missing" },
    writes: ["CreateGroup"],
  },
];

export const IDENTITY_KEPT: readonly KeptRow[] = [
  {
    what: "another account's user pool whose tokens are taken, too",
    by: updatePool(({ CognitoIdentityProviders: all = [] }) => ({
      CognitoIdentityProviders: [{ ...THEIRS, ServerSideTokenCheck: false }, ...all],
    })),
    look: async (aws) =>
      (await pool(aws)).CognitoIdentityProviders?.find(({ ClientId }) => ClientId === THEIRS.ClientId),
    beside: "guests who are not let in",
    undo: dropTheirs,
  },
  {
    what: "a role mapping of theirs",
    async by(aws) {
      await updatePool(({ CognitoIdentityProviders: all = [] }) => ({ CognitoIdentityProviders: [...all, THEIRS] }))(
        aws,
      );
      const mapping = { Type: "Token", AmbiguousRoleResolution: "Deny" } as const;
      await setRoles(({ RoleMappings }) => ({ RoleMappings: { ...RoleMappings, [THEIR_LOGIN]: mapping } }))(aws);
    },
    look: async (aws) => (await poolRoles(aws)).RoleMappings[THEIR_LOGIN],
    beside: "users who get the admins' role",
    async undo(aws) {
      await setRoles(({ RoleMappings: { [THEIR_LOGIN]: _theirs, ...ours } }) => ({ RoleMappings: ours }))(aws);
      await dropTheirs(aws);
    },
  },
  {
    what: "a tag of the identity pool",
    by: async (aws) =>
      aws.identity.send(new TagResourceCommand({ ResourceArn: await poolArn(aws), Tags: { mine: "1" } })),
    look: async (aws) => (await pool(aws)).IdentityPoolTags?.["mine"],
    beside: "the identity pool's name",
  },
  {
    what: "the group's description and precedence",
    by: async (aws) =>
      aws.cognito.send(new UpdateGroupCommand({ ...(await ofGroup(aws)), Description: "mine", Precedence: 3 })),
    async look(aws) {
      const { Description, Precedence } = await group(aws);
      return { Description, Precedence };
    },
    beside: "a group whose role is another",
  },
];

function dropTheirs(aws: ByHand): Promise<unknown> {
  const isOurs = ({ ClientId }: CognitoIdentityProvider): boolean => ClientId !== THEIRS.ClientId;
  return updatePool(({ CognitoIdentityProviders: all = [] }) => ({ CognitoIdentityProviders: all.filter(isOurs) }))(
    aws,
  );
}
