// The APIs of this cloud: their records on disk and, for each, the open port that serves it.

import type { PortChange } from "../control.ts";
import type { CloudEnvironment, Functions, TokenIssuers } from "../service.ts";
import { createHttpApi } from "./http-api.ts";
import { newId, notFound, type Api } from "./model.ts";
import { openPort, type ApiPort } from "./port.ts";
import { openServiceRole, type ServiceRole } from "./service-role.ts";
import { compileApi, type ServedApi } from "./served-api.ts";

export interface Apis {
  /** @throws {AwsError} NotFoundException */
  require(apiId: string): Api;
  all(): Api[];
  /** Opens a port for a new API and saves it. */
  create(api: Omit<Api, "apiId" | "port">): Promise<Api>;
  /** Saves what changed and serves it from the next request on. */
  save(api: Api): void;
  delete(apiId: string): Promise<void>;
  readonly serviceRole: ServiceRole;
  /** API Gateway's ARN of a path: `/apis/<id>` → `arn:aws:apigateway:us-east-1::/apis/<id>`. */
  arn(path: string): string;
  /** Opens the ports of all saved APIs; one that is taken by now is replaced, saved and told. */
  start(): Promise<PortChange[]>;
  close(): Promise<void>;
  reset(): Promise<void>;
}

interface OpenApi {
  readonly port: ApiPort;
  served: ServedApi;
}

/** What API Gateway is given of the cloud. */
export interface Surroundings {
  readonly env: CloudEnvironment;
  readonly functions: Functions;
  readonly issuers: TokenIssuers;
}

/** Records of earlier versions have no authorizers. */
type ApiRecord = Omit<Api, "authorizers"> & Partial<Pick<Api, "authorizers">>;

export function createApis(surroundings: Surroundings): Apis {
  const { env } = surroundings;
  const records = env.collection<ApiRecord>("apigatewayv2/apis");
  const open = new Map<string, OpenApi>();
  const httpApi = createHttpApi(surroundings);

  function all(): Api[] {
    return [...records.values()].map(toApi);
  }

  async function listen(api: Api, wanted: number): Promise<Api> {
    const port = await openPort(wanted, {
      serve(request, response) {
        const opened = open.get(api.apiId);
        if (opened) httpApi.serve(opened.served, request, response);
        else response.destroy();
      },
      headersOf: ({ headers }) => httpApi.headersOf(open.get(api.apiId)?.served, headers.origin),
    });
    open.set(api.apiId, { port, served: compileApi(api) });
    return { ...api, port: port.port };
  }

  async function moveToAnotherPort(api: Api): Promise<PortChange> {
    const moved = await listen(api, 0);
    records.set(api.apiId, moved);
    return { api: api.name, from: api.port, to: moved.port };
  }

  async function closePort(apiId: string): Promise<void> {
    const opened = open.get(apiId);
    open.delete(apiId);
    await opened?.port.close();
  }

  async function closePorts(): Promise<void> {
    await Promise.all([...open.keys()].map(closePort));
  }

  const serviceRole = openServiceRole(env);
  return {
    serviceRole,
    require(apiId) {
      const record = records.get(apiId);
      if (record === undefined) throw notFound(`Invalid API identifier specified ${env.accountId}:${apiId}`);
      return toApi(record);
    },
    all,
    async create(draft) {
      const api = await listen({ ...draft, apiId: newId(10), port: 0 }, 0);
      try {
        records.set(api.apiId, api);
      } catch (error) {
        await closePort(api.apiId);
        throw error;
      }
      return api;
    },
    save(api) {
      records.set(api.apiId, api);
      const opened = open.get(api.apiId);
      if (opened) opened.served = compileApi(api);
    },
    async delete(apiId) {
      records.delete(apiId);
      await closePort(apiId);
    },
    arn: (path) => `arn:${env.partition}:apigateway:${env.region}::${path}`,
    async start() {
      const apis = all();
      const changed: PortChange[] = [];
      const results = await Promise.allSettled(apis.map((api) => listen(api, api.port)));
      // Only now, so that none of them is given a port that another one remembers.
      for (const [index, result] of results.entries()) {
        const api = apis[index];
        if (api && result.status === "rejected") changed.push(await moveToAnotherPort(api));
      }
      return changed;
    },
    close: closePorts,
    async reset() {
      await closePorts();
      records.clear();
      serviceRole.reset();
    },
  };
}

function toApi(record: ApiRecord): Api {
  return { authorizers: {}, ...record };
}
