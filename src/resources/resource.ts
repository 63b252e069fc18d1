// What every resource module implements, and what it is given. The engine in src/stack knows resources by this alone.

import type { Clients } from "../aws/clients.ts";
import type { Pace } from "../aws/wait.ts";
import type { Change } from "../core/change.ts";
import type { Clock } from "../core/clock.ts";
import type { Subject, UsedByOthers, Waiting } from "../core/event.ts";
import type { Rights } from "./rights.ts";

export type Tags = Readonly<Record<string, string>>;

/** The account and region that a run works in. */
export interface Place {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
}

export interface Scope {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly place: Place;
  /** It is somebody else's, and the user agreed to take it over. */
  readonly takesOver: boolean;
  /** Tells the reporter what is waited for. */
  waiting(waiting: Waiting): void;
  /** Tells the reporter what is not deleted because others use it. */
  stays(used: UsedByOthers): void;
  /** One writing call at a time per lock: AWS answers 409 to parallel edits of one HTTP API or one function. */
  oneAtATime<T>(lock: string, call: () => Promise<T>): Promise<T>;
}

export interface Observed<Live> {
  readonly live: Live;
  /** "unreadable": the right to read them is missing. "untaggable": the parent decides whose it is. */
  readonly tags: Tags | "unreadable" | "untaggable";
  /** ISO 8601, where AWS tells. */
  readonly createdAt?: string;
  /** Others of its name, where names are not unique and nothing says that this one is meant. */
  readonly rivals?: readonly Rival[];
}

export interface Rival {
  readonly id: string;
  readonly tags: Tags;
  readonly createdAt?: string;
}

/**
 * One AWS noun.
 * @typeParam Key what is needed to look for it
 * @typeParam Spec what it should be; an undefined member means "leave as it is"
 * @typeParam Live what it is, with the identifiers that others need
 */
export interface Resource<Key, Spec, Live> {
  /** Error codes by which a creating call says that somebody was faster: the engine reads again. */
  readonly alreadyExists: readonly string[];
  /** Of every call that it makes, also those in other files of its folder. */
  readonly rights: Rights;
  /** Undefined when it is not there. */
  read(scope: Scope, key: Key): Promise<Observed<Live> | undefined>;
  /** Pure: what differs. Empty when nothing needs to be done. */
  diff(spec: Spec, observed: Observed<Live>): Change[];
  /**
   * Makes it if missing, sends what differs if not, and returns when it is usable.
   * @param created to be called as soon as AWS has made it, so that it is recorded and dependants can begin
   */
  reconcile(
    scope: Scope,
    spec: Spec,
    observed: Observed<Live> | undefined,
    created: (live: Live) => void,
  ): Promise<Live>;
  /** Deletes it and returns when it is gone; not there is success. */
  remove(scope: Scope, live: Live): Promise<void>;
  /** What else `remove` deletes with it, or a takeover. */
  alongside?(live: Live, takesOver: boolean): readonly Subject[];
  readonly protection?: Protection<Live>;
}

/** How AWS protects it against deletion, where it can. */
export interface Protection<Live> {
  /** AWS's own member. */
  readonly field: string;
  isOn(live: Live): boolean;
  /** Taken off only after the user agreed. */
  set(scope: Scope, live: Live, isOn: boolean): Promise<Live>;
}

/** The pace of a wait that shows in the reporter. */
export function paceOf(scope: Scope, doing: string, waiting: (last: string) => Waiting, forMs?: number): Pace {
  return {
    clock: scope.clock,
    signal: scope.signal,
    doing,
    onWait: (last) => scope.waiting(waiting(last)),
    ...(forMs === undefined ? {} : { forMs }),
  };
}
