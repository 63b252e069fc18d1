// The `$default` stage: the API's own URL, deployed by AWS after each change.

import {
  ApiGatewayV2Client,
  CreateStageCommand,
  DeleteStageCommand,
  GetStageCommand,
  TagResourceCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { unlessMissing } from "../../aws/errors.ts";
import { changesBetween } from "../../core/change.ts";
import type { Resource, Tags } from "../resource.ts";
import { missingTags, tagChanges } from "../tags.ts";
import { arnOf } from "./api.ts";
import { writeToApi } from "./api-write.ts";
import { TAGGING, VERBS } from "./verbs.ts";

export interface StageKey {
  readonly apiId: string;
  readonly stageName: string;
}

export interface StageSpec extends StageKey {
  readonly tags: Tags;
}

export interface Stage extends StageKey {
  readonly autoDeploy: boolean;
}

export const stage: Resource<StageKey, StageSpec, Stage> = {
  alreadyExists: ["ConflictException"],
  rights: { itself: [...VERBS, ...TAGGING] },

  async read(scope, { apiId, stageName }) {
    const client = scope.clients.get(ApiGatewayV2Client);
    const found = await unlessMissing(
      client.send(new GetStageCommand({ ApiId: apiId, StageName: stageName })),
      "NotFoundException",
    );
    if (found === undefined) return undefined;
    return { live: { apiId, stageName, autoDeploy: found.AutoDeploy ?? false }, tags: found.Tags ?? {} };
  },

  diff(spec, observed) {
    return [
      ...changesBetween({ AutoDeploy: true }, { AutoDeploy: observed.live.autoDeploy }),
      ...tagChanges(spec.tags, observed),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    const client = scope.clients.get(ApiGatewayV2Client);
    const { apiId, stageName } = spec;
    const stageId = { ApiId: apiId, StageName: stageName, AutoDeploy: true };
    const live: Stage = { apiId, stageName, autoDeploy: true };
    if (observed === undefined) {
      await writeToApi(scope, apiId, () => client.send(new CreateStageCommand({ ...stageId, Tags: { ...spec.tags } })));
      created(live);
      return live;
    }
    if (!observed.live.autoDeploy) await writeToApi(scope, apiId, () => client.send(new UpdateStageCommand(stageId)));
    const missing = missingTags(spec.tags, observed.tags);
    if (Object.keys(missing).length > 0) {
      const ResourceArn = `${arnOf(scope, apiId)}/stages/${stageName}`;
      await writeToApi(scope, apiId, () => client.send(new TagResourceCommand({ ResourceArn, Tags: missing })));
    }
    return live;
  },

  async remove(scope, { apiId, stageName }) {
    const client = scope.clients.get(ApiGatewayV2Client);
    await writeToApi(scope, apiId, () =>
      unlessMissing(client.send(new DeleteStageCommand({ ApiId: apiId, StageName: stageName })), "NotFoundException"),
    );
  },
};
