// The one factory of SDK clients: every client shares credentials, retries, the call log and the care for uncertain calls.

import { setMaxListeners } from "node:events";
import type { AwsCredentialIdentity, Provider } from "@smithy/types";
import type { CallEvent } from "../core/event.ts";
import { endAttempts } from "./attempt-limit.ts";
import { endRetries, observeCalls } from "./calls.ts";
import { askOnceWhenUncertain } from "./uncertain.ts";
import type { SdkMiddlewareStack } from "./middleware.ts";

/** Where calls go and as whom. */
export interface Connection {
  readonly region: string;
  /** Undefined for AWS itself. */
  readonly endpoint?: string;
  readonly credentials: AwsCredentialIdentity | Provider<AwsCredentialIdentity>;
}

/** What is passed to the constructor of every SDK client. */
export interface ClientConfig extends Connection {
  readonly retryMode: "adaptive";
  readonly maxAttempts: number;
  readonly useFipsEndpoint?: false;
  readonly useDualstackEndpoint?: false;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    /** Without it the SDK only warns. */
    readonly throwOnRequestTimeout: true;
  };
}

export interface SdkClient {
  readonly middlewareStack: unknown;
  destroy(): void;
}

export type ClientClass<C extends SdkClient> = new (config: ClientConfig) => C;

export interface Clients {
  readonly connection: Connection;
  /** The client of that class, made at its first use: `clients.get(DynamoDBClient)`. */
  get<C extends SdkClient>(client: ClientClass<C>): C;
  /** Closes the connections; calls under way fail. */
  destroy(): void;
}

export interface ClientsOptions {
  readonly connection: Connection;
  readonly emit: (event: CallEvent) => void;
  /** No call starts after it is aborted; calls under way get `GRACE_MS` to come back, so that what they made is recorded. */
  readonly signal: AbortSignal;
  /** Attempts per call, 8 unless given: patient enough for API Gateway's bucket of 10 requests a second. */
  readonly maxAttempts?: number;
}

const CONNECT_MS = 5_000;
const ANSWER_MS = 60_000;

/**
 * Creates SDK clients on demand. Configuration is passed whole, so that no client reads a profile of its own.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html adaptive mode
 */
export function createClients({ connection, emit, signal, maxAttempts = 8 }: ClientsOptions): Clients {
  const clients = new Map<ClientClass<SdkClient>, SdkClient>();
  // Every call under way listens to it: Node would warn of more than ten.
  setMaxListeners(0, signal);
  const config: ClientConfig = {
    ...connection,
    retryMode: "adaptive",
    maxAttempts,
    // The learner's variables may ask for AWS's own endpoints of these kinds.
    ...(connection.endpoint === undefined ? {} : { useFipsEndpoint: false, useDualstackEndpoint: false }),
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
  };
  return {
    connection,
    get<C extends SdkClient>(Client: ClientClass<C>): C {
      const known = clients.get(Client);
      if (known instanceof Client) return known;
      const client = new Client(config);
      // The stack's own type knows the client's commands; what is added here works for every command.
      const stack = client.middlewareStack as SdkMiddlewareStack;
      observeCalls(stack, emit, signal);
      endRetries(stack, signal);
      askOnceWhenUncertain(stack);
      endAttempts(stack);
      clients.set(Client, client);
      return client;
    },
    destroy() {
      for (const client of clients.values()) client.destroy();
      clients.clear();
    },
  };
}
