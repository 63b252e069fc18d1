// `awsls auth status`: pool, client, authorizer and routes as AWS has them, and who may do what.

import type { UserCount } from "../core/event.ts";
import { countUsers } from "../resources/cognito-idp/user-count.ts";
import type { UserPool } from "../resources/cognito-idp/user-pool.ts";
import { AUTH_COMPONENTS, issuerOf } from "../stack/auth-components.ts";
import type { ComponentId } from "../stack/component.ts";
import { componentOf, LAST_STEP, ROUTE_KEYS } from "../stack/components.ts";
import { ownershipIn, problemIn } from "../stack/observe.ts";
import { planFor } from "../stack/plan.ts";
import type { Run } from "../stack/run.ts";
import type { Settings } from "../state/state.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";
import { type StatusRow, toRow } from "./status.ts";
import { stepMissing } from "./step-missing.ts";

export interface AuthStatusResult {
  readonly stack: string;
  /** As chosen; none for what is left of one that was to be deleted. */
  readonly auth?: NonNullable<Settings["auth"]>;
  readonly resources: readonly StatusRow[];
  readonly userPoolId?: string;
  readonly clientId?: string;
  readonly issuer?: string;
  /** As they are now: by this sign-in or, by AWS's word for it, otherwise. */
  readonly routes: readonly {
    readonly routeKey: string;
    readonly isProtected: boolean;
    readonly authorizationType: string;
  }[];
  readonly users?: UserCount;
}

const SEEN = [componentOf("api"), componentOf("routes"), ...AUTH_COMPONENTS];

/** @throws {Problem} `StepMissing` when the stack has no sign-in */
export async function authStatus(context: StackContext): Promise<AuthStatusResult> {
  const run = await look(context, SEEN, { step: LAST_STEP - 1, withCode: [], unasked: "always" });
  const { inputs } = run;
  const { auth } = inputs.settings;
  const isThere = auth !== undefined || AUTH_COMPONENTS.some(({ id }) => isOurs(run, id));
  if (!isThere) throw await stepMissing(context, "auth status", "auth enable");
  const shown = auth === undefined ? AUTH_COMPONENTS : [componentOf("routes"), ...AUTH_COMPONENTS];
  const plan = await planFor(run, shown);
  const pool = isOurs(run, "userPool") ? inputs.output("userPool") : undefined;
  const { clientId } = inputs.output("userPoolClient") ?? {};
  return {
    stack: context.session.names.stack,
    ...(auth === undefined ? {} : { auth }),
    resources: plan.map((planned) => toRow(run, planned)),
    ...(pool === undefined ? {} : await shownOf(run, pool)),
    ...(pool === undefined || clientId === undefined ? {} : { clientId }),
    routes: routesIn(run),
  };
}

async function shownOf(
  { inputs, session, subjectOf }: Run,
  pool: UserPool,
): Promise<Pick<AuthStatusResult, "userPoolId" | "issuer" | "users">> {
  const { userPoolId } = pool;
  try {
    const users = await countUsers(session.clients, pool);
    return { userPoolId, issuer: issuerOf(inputs.place, userPoolId), users };
  } catch (error) {
    throw problemIn(session, subjectOf(componentOf("userPool")), error);
  }
}

function routesIn(run: Run): AuthStatusResult["routes"] {
  const live = run.inputs.output("routes")?.routes ?? [];
  const ours = run.inputs.output("authorizer")?.authorizerId;
  return ROUTE_KEYS.flatMap((key) => {
    const { routeKey, authorizationType, authorizerId } = live.find((each) => each.routeKey === key) ?? {};
    if (routeKey === undefined || authorizationType === undefined) return [];
    return [{ routeKey, isProtected: authorizerId !== undefined && authorizerId === ours, authorizationType }];
  });
}

function isOurs(run: Run, id: ComponentId): boolean {
  return ownershipIn(run, id)?.whose === "ours";
}
