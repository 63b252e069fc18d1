// What a component is: a resource, when it belongs to the tutorial, and how its key and spec follow from the rest.

import type { Change } from "../core/change.ts";
import type { Subject } from "../core/event.ts";
import type { Names } from "../core/names.ts";
import type { Api } from "../resources/apigatewayv2/api.ts";
import type { Authorizer } from "../resources/apigatewayv2/authorizer.ts";
import type { Integration } from "../resources/apigatewayv2/integration.ts";
import type { Routes } from "../resources/apigatewayv2/routes.ts";
import type { Stage } from "../resources/apigatewayv2/stage.ts";
import type { IdentityPool } from "../resources/cognito-identity/identity-pool.ts";
import type { IdentityPoolRoles } from "../resources/cognito-identity/identity-pool-roles.ts";
import type { Group } from "../resources/cognito-idp/group.ts";
import type { UserPool } from "../resources/cognito-idp/user-pool.ts";
import type { UserPoolClient } from "../resources/cognito-idp/user-pool-client.ts";
import type { Table } from "../resources/dynamodb/table.ts";
import type { Rule } from "../resources/events/rule.ts";
import type { Target } from "../resources/events/target.ts";
import type { Role } from "../resources/iam/role.ts";
import type { LambdaFunction } from "../resources/lambda/function.ts";
import type { Permission } from "../resources/lambda/permission.ts";
import type { LogGroup } from "../resources/logs/log-group.ts";
import type { Observed, Place, Resource, Scope, Tags } from "../resources/resource.ts";
import type { Recorded, Settings } from "../state/state.ts";
import type { PackagedCodes } from "./code.ts";
import { type Grant, grantsOf } from "./grants.ts";
import type { HomeOf, Whereabouts } from "./homes.ts";

/** What each component is on AWS once it is there: the one place that ties ids to types. */
export interface Outputs {
  table: Table;
  role: Role;
  logGroup: LogGroup;
  function: LambdaFunction;
  api: Api;
  stage: Stage;
  routes: Routes;
  integration: Integration;
  permission: Permission;
  timerRole: Role;
  timerLogGroup: LogGroup;
  timerFunction: LambdaFunction;
  timerRule: Rule;
  timerPermission: Permission;
  timerTarget: Target;
  userPool: UserPool;
  userPoolClient: UserPoolClient;
  authorizer: Authorizer;
  identityPool: IdentityPool;
  authenticatedRole: Role;
  guestRole: Role;
  adminsRole: Role;
  identityPoolRoles: IdentityPoolRoles;
  adminsGroup: Group;
}

export type ComponentId = keyof Outputs;

/** Everything that a spec may depend on. */
export interface Inputs {
  readonly names: Names;
  readonly settings: Settings;
  readonly place: Place;
  /** The step of the tutorial that is asked for: fields of later steps are left as they are. */
  readonly step: number;
  readonly code: PackagedCodes;
  tags(id: ComponentId): Tags;
  recorded(id: ComponentId): Recorded | undefined;
  /** Those that it has; undefined when it is not there, or they cannot be read. */
  seenTags(id: ComponentId): Tags | undefined;
  /** It is somebody else's, and the user agreed to take it over. */
  takesOver(id: ComponentId): boolean;
  /** Of a removal: names say what goes. */
  readonly removes: boolean;
  /** Undefined while it is not there: in a plan, specs then say `KNOWN_AFTER_APPLY`. */
  output<I extends ComponentId>(id: I): Outputs[I] | undefined;
}

/** What a stack may have beside the tutorial's six steps. */
export type AddOn = "timer" | "auth" | "identity";

export type Observation = Observed<unknown>;

interface Definition<I extends ComponentId, Key, Spec> {
  readonly id: I;
  /** The step of the tutorial that makes it; an add-on is none. */
  readonly step?: number;
  /** The setting by which a stack has it; the tutorial's own are always there. */
  readonly addOn?: AddOn;
  /** A part that only some settings ask for. */
  readonly when?: (settings: Settings) => boolean;
  /** What must exist on AWS before this can be made, for the step asked for. */
  needs(step: number): readonly ComponentId[];
  /** Disappears with it; whose the parent is decides whose this is. */
  readonly parent?: ComponentId;
  /** What its key is made of beside its parent: it is looked at after them. */
  readonly seenAfter?: readonly ComponentId[];
  /** AWS may make it anew after it was deleted: it is looked for again. */
  readonly reappears?: true;
  /** The right that reading its tags takes, where they are read with a call of their own. */
  readonly tagAction?: string;
  /** Where it lives on AWS: there the rights of its resource are needed. */
  readonly home: HomeOf;
  /** The roles that it gives to a service. */
  readonly roles?: readonly HomeOf[];
  /** Its name on AWS, as the user sees it. */
  name(inputs: Inputs): string;
  load(): Promise<Resource<Key, Spec, Outputs[I]>>;
  /** Undefined when its parent is not there. */
  key(inputs: Inputs): Key | undefined;
  spec(inputs: Inputs): Spec;
  /** The recorded identifier that AWS never gives twice, where tags are there from the first moment. */
  readonly identity?: string;
  /** The identifiers worth recording: what AWS chose. */
  record?(live: Outputs[I]): Record<string, string>;
}

/** A component whose types are its own business: the engine treats all alike. */
export interface Component {
  readonly id: ComponentId;
  readonly step?: number;
  readonly addOn?: AddOn;
  readonly when?: (settings: Settings) => boolean;
  readonly parent?: ComponentId;
  readonly identity?: string;
  readonly reappears: boolean;
  readonly seenAfter: readonly ComponentId[];
  readonly tagAction?: string;
  readonly home: HomeOf;
  /** What whoever makes, changes and deletes it must be allowed. */
  grants(where: Whereabouts): Promise<readonly Grant[]>;
  needs(step: number): readonly ComponentId[];
  name(inputs: Inputs): string;
  observe(scope: Scope, inputs: Inputs): Promise<Observation | undefined>;
  changes(inputs: Inputs, observation: Observation): Promise<Change[]>;
  reconcile(
    scope: Scope,
    inputs: Inputs,
    observation: Observation | undefined,
    created: (live: unknown) => void,
  ): Promise<unknown>;
  remove(scope: Scope, observation: Observation): Promise<void>;
  /** The member by which AWS protects it against deletion; undefined while it does not. */
  protection(observation: Observation): Promise<string | undefined>;
  /** @returns it as it is then */
  protect(scope: Scope, observation: Observation, isOn: boolean): Promise<Observation>;
  /** What else is deleted with it, or when it is taken over. */
  alongside(observation: Observation, takesOver: boolean): Promise<readonly Subject[]>;
  /** Whether that error of a creating call means that somebody was faster. */
  isAlreadyThere(error: unknown): Promise<boolean>;
  record(live: unknown): Record<string, string>;
}

/** Hides a component's types behind one interface; what it observed itself is all it ever gets back. */
export function defineComponent<I extends ComponentId, Key, Spec>(definition: Definition<I, Key, Spec>): Component {
  const typed = (observation: Observation): Observed<Outputs[I]> => observation as Observed<Outputs[I]>;
  const { id, load } = definition;
  return {
    id,
    ...(definition.step === undefined ? {} : { step: definition.step }),
    ...(definition.addOn === undefined ? {} : { addOn: definition.addOn }),
    ...(definition.when === undefined ? {} : { when: definition.when }),
    ...(definition.parent === undefined ? {} : { parent: definition.parent }),
    ...(definition.identity === undefined ? {} : { identity: definition.identity }),
    ...(definition.tagAction === undefined ? {} : { tagAction: definition.tagAction }),
    reappears: definition.reappears ?? false,
    seenAfter: definition.seenAfter ?? [],
    home: definition.home,
    grants: async (where) => grantsOf((await load()).rights, where, definition),
    needs: (asked) => definition.needs(asked),
    name: (inputs) => definition.name(inputs),
    async observe(scope, inputs) {
      const key = definition.key(inputs);
      return key === undefined ? undefined : (await load()).read(scope, key);
    },
    changes: async (inputs, observation) => (await load()).diff(definition.spec(inputs), typed(observation)),
    async reconcile(scope, inputs, observation, created) {
      const resource = await load();
      return resource.reconcile(scope, definition.spec(inputs), observation && typed(observation), created);
    },
    remove: async (scope, observation) => (await load()).remove(scope, typed(observation).live),
    async protection(observation) {
      const { protection } = await load();
      return protection?.isOn(typed(observation).live) === true ? protection.field : undefined;
    },
    async protect(scope, observation, isOn) {
      const { protection } = await load();
      const { live } = typed(observation);
      return protection === undefined ? observation : { ...observation, live: await protection.set(scope, live, isOn) };
    },
    alongside: async (observation, takesOver) => (await load()).alongside?.(typed(observation).live, takesOver) ?? [],
    isAlreadyThere: async (error) => error instanceof Error && (await load()).alreadyExists.includes(error.name),
    record: (live) => definition.record?.(live as Outputs[I]) ?? {},
  };
}
