// The same stack made by a script of `aws` commands, one after the other, and by `awsls up`: both on MiniStack.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ACCOUNT, startMiniStack } from "../compat/ministack.mjs";
import { installAwsTools } from "../compat/venv.mjs";
import { note } from "./figures.mjs";
import { median } from "./measure.mjs";
import { AWSLS, environmentIn, ROOT } from "./stack.mjs";
import { zipOf } from "./zip.mjs";

const run = promisify(execFile);
const TIMES = 9;
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const ROUTES = ["GET /items", "GET /items/{id}", "PUT /items", "DELETE /items/{id}"];

/** What somebody who knows the commands would write down; nothing is waited for that MiniStack does not need. */
const SCRIPT = `set -e
aws dynamodb create-table --table-name $S-items --billing-mode PAY_PER_REQUEST \\
  --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH
aws dynamodb wait table-exists --table-name $S-items
aws logs create-log-group --log-group-name /aws/lambda/$S-function
aws logs put-retention-policy --log-group-name /aws/lambda/$S-function --retention-in-days 7
role=$(aws iam create-role --role-name $S-role --assume-role-policy-document '${TRUST}' --query Role.Arn --output text)
aws iam put-role-policy --role-name $S-role --policy-name least-privilege --policy-document "$POLICY"
function=$(aws lambda create-function --function-name $S-function --runtime nodejs24.x --handler index.handler --memory-size 256 \\
  --timeout 15 --role "$role" --environment "Variables={TABLE_NAME=$S-items}" --zip-file fileb://function.zip \\
  --query FunctionArn --output text)
aws lambda wait function-active-v2 --function-name $S-function
api=$(aws apigatewayv2 create-api --name $S-api --protocol-type HTTP --query ApiId --output text \\
  --cors-configuration 'AllowOrigins=*,AllowMethods=GET,PUT,DELETE,AllowHeaders=content-type,authorization')
aws apigatewayv2 create-stage --api-id $api --stage-name '$default' --auto-deploy
integration=$(aws apigatewayv2 create-integration --api-id $api --integration-type AWS_PROXY --integration-uri "$function" \\
  --payload-format-version 2.0 --query IntegrationId --output text)
aws lambda add-permission --function-name $S-function --statement-id api --action lambda:InvokeFunction \\
  --principal apigateway.amazonaws.com --source-arn "arn:aws:execute-api:us-east-1:${ACCOUNT}:$api/*/*/items*"
${ROUTES.map((key) => `aws apigatewayv2 create-route --api-id $api --route-key '${key}' --target integrations/$integration`).join("\n")}
`;

export async function againstAwsScript() {
  // The script is for a POSIX shell.
  if (process.platform === "win32") return;
  const { bin } = await installAwsTools();
  const ministack = await startMiniStack();
  const folder = await mkdtemp(join(tmpdir(), "awsls-bench-script-"));
  const code = await readFile(join(ROOT, "handlers", "crud", "index.mjs"), "utf8");
  await writeFile(join(folder, "function.zip"), await zipOf(code));
  const env = {
    ...environmentIn(folder),
    PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
    AWS_ENDPOINT_URL: ministack.url,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_PAGER: "",
  };
  /** @type {{ script: number[], awsls: number[] }} */
  const taken = { script: [], awsls: [] };
  try {
    for (let n = 0; n < TIMES; n++) {
      const POLICY = policyFor(`script${n}`);
      taken.script.push(
        await timed(() => run("sh", ["-c", SCRIPT], { cwd: folder, env: { ...env, S: `script${n}`, POLICY } })),
      );
      const args = [AWSLS, "up", "--stack", `awsls${n}`];
      taken.awsls.push(await timed(() => run(process.execPath, args, { cwd: folder, env })));
    }
  } finally {
    await ministack.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const [script, awsls] = [median(taken.script), median(taken.awsls)];
  const text = `${(script / awsls).toFixed(1)} × (${(script / 1000).toFixed(2)} of ${(awsls / 1000).toFixed(2)} s)`;
  note("the same stack by a script of `aws` commands, against `awsls up`, on MiniStack", text, taken);
}

/** @param {string} stack */
function policyFor(stack) {
  const place = `us-east-1:${ACCOUNT}`;
  const table = `arn:aws:dynamodb:${place}:table/${stack}-items`;
  const logs = `arn:aws:logs:${place}:log-group:/aws/lambda/${stack}-function:*`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Scan"],
        Resource: table,
      },
      { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: logs },
    ],
  });
}

/** @param {() => Promise<unknown>} work */
async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
