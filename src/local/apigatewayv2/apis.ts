// The APIs of this cloud: their records on disk and, for each, the open port that serves it.

import { toError } from "../../core/clock.ts";
import type { CloudEnvironment, Functions } from "../service.ts";
import { createHttpApi } from "./http-api.ts";
import { newId, notFound, type Api } from "./model.ts";
import { openPort, type ApiPort } from "./port.ts";
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
  /** API Gateway's ARN of a path: `/apis/<id>` → `arn:aws:apigateway:us-east-1::/apis/<id>`. */
  arn(path: string): string;
  /** Opens the ports of all saved APIs; one that is taken by now is replaced, logged and saved. */
  start(): Promise<void>;
  close(): Promise<void>;
  reset(): Promise<void>;
}

interface OpenApi {
  readonly port: ApiPort;
  served: ServedApi;
}

export function createApis({ env, functions }: { env: CloudEnvironment; functions: Functions }): Apis {
  const records = env.collection<Api>("apigatewayv2/apis");
  const open = new Map<string, OpenApi>();
  const httpApi = createHttpApi({ env, functions });

  async function openFor(apiId: string, wanted: number): Promise<ApiPort> {
    const port = await openPort(wanted, (request, response) => {
      const opened = open.get(apiId);
      if (opened) httpApi.serve(opened.served, request, response);
      else response.destroy();
    });
    return port;
  }

  async function reopen(api: Api): Promise<void> {
    let port: ApiPort;
    try {
      port = await openFor(api.apiId, api.port);
    } catch (error) {
      port = await openFor(api.apiId, 0);
      env.log(
        `API ${api.name} (${api.apiId}): ${toError(error).message}; its URL is now http://127.0.0.1:${port.port}`,
      );
      records.set(api.apiId, { ...api, port: port.port });
    }
    open.set(api.apiId, { port, served: compileApi(api) });
  }

  async function closePorts(): Promise<void> {
    const ports = [...open.values()];
    open.clear();
    await Promise.all(ports.map(({ port }) => port.close()));
  }

  return {
    require(apiId) {
      const api = records.get(apiId);
      if (api === undefined) throw notFound(`Invalid API identifier specified ${env.accountId}:${apiId}`);
      return api;
    },
    all: () => [...records.values()],
    async create(draft) {
      const apiId = newId(10);
      const port = await openFor(apiId, 0);
      const api: Api = { ...draft, apiId, port: port.port };
      open.set(apiId, { port, served: compileApi(api) });
      records.set(apiId, api);
      return api;
    },
    save(api) {
      records.set(api.apiId, api);
      const opened = open.get(api.apiId);
      if (opened) opened.served = compileApi(api);
    },
    async delete(apiId) {
      records.delete(apiId);
      const opened = open.get(apiId);
      open.delete(apiId);
      await opened?.port.close();
    },
    arn: (path) => `arn:${env.partition}:apigateway:${env.region}::${path}`,
    async start() {
      await Promise.all([...records.values()].map(reopen));
    },
    close: closePorts,
    async reset() {
      await closePorts();
      records.clear();
    },
  };
}
