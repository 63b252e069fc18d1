// `awsls permissions`: what whoever runs awsls on a stack must be allowed, as a policy.

import { FINDING_RIGHTS } from "../resources/iam/role.ts";
import type { Settings } from "../state/state.ts";
import { COMPONENTS } from "../stack/components.ts";
import { type Grant, type GrantingPolicy, grantsOf, policyOf } from "../stack/grants.ts";
import { FUNCTIONS } from "../stack/function-component.ts";
import {
  consolePolicyHome,
  functionHome,
  logGroupHome,
  ownRoleHome,
  ownUserHome,
  roleHome,
  tableHome,
  userPoolHome,
  type Whereabouts,
} from "../stack/homes.ts";

/** Components that are the roles of functions. */
const OF_FUNCTIONS: ReadonlySet<string> = new Set(Object.values(FUNCTIONS).map(({ role }) => role));
const LAMBDA = "lambda.amazonaws.com";

/** With all add-ons: the person may want them any time. */
export async function permissions(where: Whereabouts, settings: Settings): Promise<GrantingPolicy> {
  return policyOf([...(await stackGrants(where, settings)), ...(await ownGrants(where))]);
}

/** What the commands need on the stack's things. */
export async function stackGrants(where: Whereabouts, { roleArn }: Settings): Promise<readonly Grant[]> {
  const components = COMPONENTS.filter(({ id }) => roleArn === undefined || !OF_FUNCTIONS.has(id));
  const made = await Promise.all(components.map((component) => component.grants(where)));
  const grants = [...made.flat(), ...(await readerGrants(where))];
  return roleArn === undefined ? grants : withGivenRole(grants, roleArn);
}

/** What `--check` needs: a policy cannot name whoever has it, if that is a role. */
async function ownGrants(where: Whereabouts): Promise<readonly Grant[]> {
  const { SIMULATION_RIGHTS } = await import("../resources/iam/simulation.ts");
  return [
    ...grantsOf(FINDING_RIGHTS, where, { home: ownRoleHome }),
    ...grantsOf(SIMULATION_RIGHTS, where, { home: ownRoleHome }),
    ...grantsOf(SIMULATION_RIGHTS, where, { home: ownUserHome }),
  ];
}

/** Of calls that are made by no resource. */
async function readerGrants(where: Whereabouts): Promise<readonly Grant[]> {
  const [table, timerRows, owner, invocation, logEvents, roleUsers, reason, consolePolicies] = await Promise.all([
    import("./table-items.ts"),
    import("./timer-rows.ts"),
    import("./delete-as-owner.ts"),
    import("./invoke-handler.ts"),
    import("../resources/logs/log-events.ts"),
    import("../resources/lambda/role-users.ts"),
    import("./identity-reason.ts"),
    import("../resources/iam/role-policies.ts"),
  ]);
  const functions = [functionHome("function"), functionHome("timerFunction")];
  const logGroups = [logGroupHome("logGroup"), logGroupHome("timerLogGroup")];
  const identityRoles = [roleHome("authenticatedRole"), roleHome("guestRole"), roleHome("adminsRole")];
  return [
    ...[table.ITEM_RIGHTS, timerRows.TIMER_ROW_RIGHTS, owner.DELETE_RIGHTS].flatMap((rights) =>
      grantsOf(rights, where, { home: tableHome }),
    ),
    ...functions.flatMap((home) => grantsOf(invocation.INVOKE_RIGHTS, where, { home })),
    ...functions.flatMap((home) => grantsOf(roleUsers.ROLE_USER_RIGHTS, where, { home })),
    ...logGroups.flatMap((home) => grantsOf(logEvents.LOG_EVENT_RIGHTS, where, { home })),
    ...identityRoles.flatMap((home) => grantsOf(reason.REASON_RIGHTS, where, { home })),
    ...grantsOf(consolePolicies.CONSOLE_POLICY_RIGHTS, where, { home: consolePolicyHome }),
    ...(await poolGrants(where)),
  ];
}

async function poolGrants(where: Whereabouts): Promise<readonly Grant[]> {
  const [users, groups, creation, confirmation, deletion, changes] = await Promise.all([
    import("./pool-users.ts"),
    import("./pool-groups.ts"),
    import("./auth-users-create.ts"),
    import("./auth-users-confirm.ts"),
    import("./auth-users-delete.ts"),
    import("./auth-groups.ts"),
  ]);
  return [
    users.USER_RIGHTS,
    groups.GROUP_RIGHTS,
    creation.USER_CREATION_RIGHTS,
    confirmation.USER_CONFIRMATION_RIGHTS,
    deletion.USER_DELETION_RIGHTS,
    changes.GROUP_CHANGE_RIGHTS,
  ].flatMap((rights) => grantsOf(rights, where, { home: userPoolHome }));
}

/** The role that was given is looked at and passed on; there are no others of functions. */
function withGivenRole(grants: readonly Grant[], roleArn: string): Grant[] {
  const home = { sid: "GivenRole", arns: [roleArn] };
  const isOfOthers = ({ condition }: Grant): boolean => condition?.["iam:PassedToService"] === LAMBDA;
  return [
    ...grants.filter((grant) => !isOfOthers(grant)),
    { ...home, actions: FINDING_RIGHTS.itself },
    { ...home, actions: ["iam:PassRole"], condition: { "iam:PassedToService": LAMBDA } },
  ];
}
