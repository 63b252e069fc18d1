// Sign-in as data: a user pool with its client, and the authorizer that lets their tokens in.

import { KNOWN_AFTER_APPLY } from "../core/change.ts";
import type { RouteProtection } from "../resources/apigatewayv2/routes.ts";
import type { Tags } from "../resources/resource.ts";
import type { Settings } from "../state/state.ts";
import { type Component, type ComponentId, defineComponent, type Inputs } from "./component.ts";
import { apiHome, userPoolHome } from "./homes.ts";
import { SETTINGS_TAG } from "./ownership.ts";

type AuthSettings = NonNullable<Settings["auth"]>;

/** The group of `--admins-only-delete`. */
export const ADMINS = "admins";

export const AUTH_COMPONENTS: readonly Component[] = [
  defineComponent({
    id: "userPool",
    home: userPoolHome,
    addOn: "auth",
    needs: () => [],
    name: ({ names }) => names.userPool,
    load: async () => (await import("../resources/cognito-idp/user-pool.ts")).userPool,
    key: (inputs) => {
      const userPoolId = inputs.recorded("userPool")?.attributes["userPoolId"];
      return {
        name: inputs.names.userPool,
        tags: inputs.tags("userPool"),
        ...(userPoolId === undefined ? {} : { userPoolId }),
      };
    },
    spec: (inputs) => ({
      name: inputs.names.userPool,
      tags: { ...inputs.tags("userPool"), ...settingsTag(inputs.settings.auth) },
    }),
    identity: "userPoolId",
    record: ({ userPoolId }) => ({ userPoolId }),
  }),
  defineComponent({
    id: "userPoolClient",
    home: userPoolHome,
    addOn: "auth",
    parent: "userPool",
    needs: () => ["userPool"],
    name: ({ names }) => names.userPoolClient,
    load: async () => (await import("../resources/cognito-idp/user-pool-client.ts")).userPoolClient,
    key: (inputs) => {
      const userPoolId = inputs.output("userPool")?.userPoolId;
      if (userPoolId === undefined) return undefined;
      const clientId = inputs.recorded("userPoolClient")?.attributes["clientId"];
      const key = { userPoolId, clientName: inputs.names.userPoolClient };
      return clientId === undefined ? key : { ...key, clientId };
    },
    spec: (inputs) => ({
      userPoolId: inputs.output("userPool")?.userPoolId ?? KNOWN_AFTER_APPLY,
      clientName: inputs.names.userPoolClient,
    }),
    record: ({ clientId }) => ({ clientId }),
  }),
  defineComponent({
    id: "authorizer",
    home: apiHome,
    addOn: "auth",
    parent: "api",
    needs: () => ["api", "userPool", "userPoolClient"],
    seenAfter: ["userPool", "routes"],
    name: ({ names }) => names.authorizer,
    load: async () => (await import("../resources/apigatewayv2/authorizer.ts")).authorizer,
    key: (inputs) => {
      const apiId = inputs.output("api")?.apiId;
      if (apiId === undefined || !mayHaveAuthorizer(inputs)) return undefined;
      const authorizerId = inputs.recorded("authorizer")?.attributes["authorizerId"];
      const key = { apiId, name: inputs.names.authorizer };
      return authorizerId === undefined ? key : { ...key, authorizerId };
    },
    spec: (inputs) => ({
      apiId: inputs.output("api")?.apiId ?? KNOWN_AFTER_APPLY,
      name: inputs.names.authorizer,
      issuer: issuerOf(inputs.place, inputs.output("userPool")?.userPoolId ?? KNOWN_AFTER_APPLY),
      audience: [inputs.output("userPoolClient")?.clientId ?? KNOWN_AFTER_APPLY],
    }),
    record: ({ authorizerId }) => ({ authorizerId }),
  }),
];

/** Where nothing hints at one it is not worth a call. */
function mayHaveAuthorizer(inputs: Inputs): boolean {
  const isUsed = inputs.output("routes")?.routes.some(({ authorizerId }) => authorizerId !== undefined) === true;
  return isUsed || inputs.output("userPool") !== undefined || inputs.recorded("authorizer") !== undefined;
}

/** All of them: what `auth delete` removes. */
export const AUTH: readonly ComponentId[] = AUTH_COMPONENTS.map(({ id }) => id);

/**
 * The `iss` of the pool's tokens, wherever its API is reached.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function issuerOf({ region, partition }: Inputs["place"], userPoolId: string): string {
  return `https://cognito-idp.${region}.${partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}/${userPoolId}`;
}

/** Which routes want a token; undefined for a stack without sign-in: its routes are left as they are. */
export function routeProtectionOf(inputs: Inputs, routeKeys: readonly string[]): RouteProtection | undefined {
  const { auth } = inputs.settings;
  if (auth === undefined) return undefined;
  return {
    authorizerId: inputs.output("authorizer")?.authorizerId ?? KNOWN_AFTER_APPLY,
    routeKeys: protectedBy(auth, routeKeys),
  };
}

/** Of these routes those that want a token. */
export function protectedBy({ enabled, protect }: AuthSettings, routeKeys: readonly string[]): readonly string[] {
  if (!enabled || protect === "none") return [];
  return protect === "all" ? routeKeys : routeKeys.filter((routeKey) => !routeKey.startsWith("GET "));
}

/** The rule is the function's own, by this variable of its environment. */
export function deleteRuleOf({ auth }: Settings): { readonly DELETE_ONLY_FOR: string | undefined } {
  return { DELETE_ONLY_FOR: auth?.enabled === true && auth.adminsOnlyDelete ? ADMINS : undefined };
}

/** AWS shows what the routes are, not what was chosen: it has to survive a lost state file. */
function settingsTag(auth: Settings["auth"]): Tags {
  if (auth === undefined) return {};
  const { protect, adminsOnlyDelete, enabled } = auth;
  const rule = adminsOnlyDelete ? " delete=admins" : "";
  return { [SETTINGS_TAG]: `protect=${protect} enabled=${enabled ? "yes" : "no"}${rule}` };
}

export function parseAuthTag(tags: Tags): AuthSettings {
  const value = tags[SETTINGS_TAG] ?? "";
  const protect = (["none", "writes"] as const).find((each) => value.includes(`protect=${each}`)) ?? "all";
  return { protect, enabled: !value.includes("enabled=no"), adminsOnlyDelete: value.includes("delete=admins") };
}
