// What AWS's things are called.

const LABELS: Readonly<Record<string, string>> = {
  table: "table",
  role: "role",
  logGroup: "log group",
  function: "function",
  api: "HTTP API",
  stage: "stage",
  routes: "routes",
  integration: "integration",
  permission: "permission",
  policy: "policy",
  timerRole: "role",
  timerLogGroup: "log group",
  timerFunction: "function",
  timerRule: "rule",
  timerTarget: "target",
  timerPermission: "permission",
  userPool: "user pool",
  userPoolClient: "app client",
  authorizer: "authorizer",
  identityPool: "identity pool",
  authenticatedRole: "role",
  guestRole: "role",
  adminsRole: "role",
  identityPoolRoles: "pool roles",
  adminsGroup: "group",
  user: "user",
  group: "group",
};

export function label(component: string): string {
  return LABELS[component] ?? component;
}

/** Name and, where names are not unique, id. */
export function titleOf({ name, id }: { readonly name: string; readonly id?: string | undefined }): string {
  return id === undefined ? name : `${name} ${id}`;
}
