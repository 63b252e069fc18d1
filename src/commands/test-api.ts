// What `awsls test` has to know of the API before it sends anything: where it is, and whom it lets in.

import { ADMINS, protectedBy } from "../stack/auth-components.ts";
import { componentOf, ROUTE_KEYS } from "../stack/components.ts";
import { requireOurs } from "../stack/observe.ts";
import type { Settings } from "../state/state.ts";
import type { Caller } from "./auth-claims.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";
import { stepMissing } from "./step-missing.ts";

export interface TestedApi {
  readonly url: string;
  readonly auth: Settings["auth"];
  /** Routes that want a token. */
  readonly protectedRoutes: readonly string[];
}

/** @throws {Problem} `StepMissing` without an API, `Foreign` for somebody else's: it has somebody else's items */
export async function findApi(context: StackContext): Promise<TestedApi> {
  const component = componentOf("api");
  // With the state lost, the pool tells whether there is sign-in.
  const telling = context.settings.auth === undefined ? [componentOf("userPool")] : [];
  const run = await look(context, [component, ...telling], { withCode: [], unasked: "whenLost" });
  requireOurs(run, [component]);
  const api = run.inputs.output("api");
  if (api === undefined) throw await stepMissing(context, "test", "api create");
  const { auth } = run.inputs.settings;
  return { url: api.apiEndpoint, auth, protectedRoutes: auth === undefined ? [] : protectedBy(auth, ROUTE_KEYS) };
}

/** By the rule of `--admins-only-delete`, which the function goes by: of an open route it does not know who calls. */
export function mayDelete({ auth, protectedRoutes }: TestedApi, caller: Pick<Caller, "groups"> | undefined): boolean {
  if (auth?.enabled !== true || !auth.adminsOnlyDelete) return true;
  const isKnown = protectedRoutes.some((routeKey) => routeKey.startsWith("DELETE "));
  return isKnown && caller?.groups.includes(ADMINS) === true;
}
