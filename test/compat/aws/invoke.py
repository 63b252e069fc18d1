"""Lambda: invoke in its three ways, with the log's tail, and everything that can go wrong with it."""

import base64
import json

from harness import ACCOUNT, STACK, aws, aws_refused, check, client, contains, equal, eventually, refused, run, zipped

NAME = "compat-invoked"
CODE = """
export const handler = async (event, context) => {
  console.log("seen", JSON.stringify(event));
  if (event.fail) throw new TypeError("it failed: " + event.fail);
  if (event.large) return "x".repeat(event.large);
  if (event.end) process.exit(3);
  if (event.wait) await new Promise((resolve) => setTimeout(resolve, event.wait));
  return { event, name: context.functionName, client: context.clientContext };
};
"""
functions = client("lambda")
roles = client("iam")


def invoke(*arguments, **options):
    """`aws lambda invoke` and what it wrote into its file."""
    about = aws("lambda invoke", *arguments, "answer.json", function_name=NAME, **options)
    with open("answer.json", encoding="utf-8") as file:
        text = file.read()
    return about, json.loads(text) if text else None


def tail(about):
    return base64.b64decode(about["LogResult"]).decode()


@check("a function whose role may write its log")
def _():
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    aws("iam create-role", role_name=f"{NAME}-role", assume_role_policy_document=document)
    logging = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
    aws("iam put-role-policy", role_name=f"{NAME}-role", policy_name="log", policy_document=logging)
    functions.create_function(
        FunctionName=NAME,
        Runtime="nodejs24.x",
        Handler="index.handler",
        Role=f"arn:aws:iam::{ACCOUNT}:role/{NAME}-role",
        Code={"ZipFile": zipped(CODE)},
        Timeout=2,
    )
    aws("lambda wait function-active-v2", function_name=NAME)


@check("lambda invoke: RequestResponse with a payload, and without one")
def _():
    about, answer = invoke(payload={"text": "한글"})
    equal(about, {"StatusCode": 200, "ExecutedVersion": "$LATEST"})
    equal(answer, {"event": {"text": "한글"}, "name": NAME})
    equal(invoke()[1]["event"], {})
    context = base64.b64encode(json.dumps({"custom": {"a": "b"}}).encode()).decode()
    equal(invoke(client_context=context)[1]["client"], {"custom": {"a": "b"}})


@check("lambda invoke --log-type Tail gives the log's last lines")
def _():
    about, _answer = invoke(log_type="Tail", payload={"look": 1})
    lines = tail(about).splitlines()
    assert lines[0].startswith("START RequestId: ") and 'seen {"look":1}' in lines[1], lines
    assert lines[-1].startswith("REPORT RequestId: ") and "Billed Duration" in lines[-1], lines


@check("lambda invoke of a function that throws: FunctionError, LogResult, the error as its answer")
def _():
    about, answer = invoke(log_type="Tail", payload={"fail": "now"})
    contains(about, {"StatusCode": 200, "FunctionError": "Unhandled"})
    contains(answer, {"errorType": "TypeError", "errorMessage": "it failed: now"})
    assert any("handler" in line for line in answer["trace"]), answer
    assert "Invoke Error" in tail(about) and "it failed: now" in tail(about), tail(about)


@check("lambda invoke of a function that ends its process, takes too long, answers too much")
def _():
    for payload, kind in [
        ({"end": 1}, "Runtime.ExitError"),
        ({"wait": 5000}, "Sandbox.Timedout"),
        ({"large": 6_300_000}, "Function.ResponseSizeTooLarge"),
    ]:
        about, answer = invoke(payload=payload)
        contains(about, {"StatusCode": 200, "FunctionError": "Unhandled"})
        equal(answer["errorType"], kind)


@check("lambda invoke --invocation-type Event: 202 at once, and the log shows that it ran")
def _():
    about, answer = invoke(invocation_type="Event", payload={"event": "later"})
    equal((about, answer), ({"StatusCode": 202}, None))
    group = f"/aws/lambda/{NAME}"

    def found():
        return aws("logs filter-log-events", log_group_name=group, filter_pattern='"later"')["events"]

    assert len(eventually("the event's log line", found)) == 1


@check("lambda invoke --invocation-type DryRun: 204, and nothing ran")
def _():
    about, answer = invoke(invocation_type="DryRun", payload={"dry": "run"})
    equal((about, answer), ({"StatusCode": 204}, None))
    events = client("logs").filter_log_events(logGroupName=f"/aws/lambda/{NAME}", filterPattern="dry")["events"]
    equal(events, [])
    refused("ResourceNotFoundException", 404, functions.invoke, FunctionName="nowhere", InvocationType="DryRun")


@check("lambda invoke refuses a payload that is no JSON or too large")
def _():
    aws_refused("InvalidRequestContentException", "lambda invoke", "x.json", function_name=NAME, payload="no JSON")
    refused("InvalidRequestContentException", 400, functions.invoke, FunctionName=NAME, Payload=b"{")
    large = b'"' + b"x" * 6_291_455 + b'"'
    message = refused("RequestEntityTooLargeException", 413, functions.invoke, FunctionName=NAME, Payload=large)
    equal(message, "Request must be smaller than 6291456 bytes for the InvokeFunction operation")
    with open("large.json", "wb") as file:
        file.write(large[: 1024 * 1024] + b'"')
    said = aws_refused(
        "RequestEntityTooLargeException",
        "lambda invoke",
        "x.json",
        function_name=NAME,
        invocation_type="Event",
        payload="file://large.json",
    )
    assert "1048577 byte payload is too large for the Event invocation type" in said, said


@check("lambda invoke refuses a function, a version, a type and a client context that are none")
def _():
    aws_refused("ResourceNotFoundException", "lambda invoke", "x.json", function_name="nowhere")
    refused("ResourceNotFoundException", 404, functions.invoke, FunctionName=NAME, Qualifier="1")
    refused("ValidationException", 400, functions.invoke, FunctionName=NAME, InvocationType="Sometimes")
    strange = {"FunctionName": NAME, "ClientContext": "no base64 of JSON"}
    refused("InvalidRequestContentException", 400, functions.invoke, **strange)
    refused("UnknownOperationException", 404, functions.invoke_with_response_stream, FunctionName=NAME)


@check("the tutorial's function answers the command as it answers its API")
def _():
    item = {"id": "compat", "price": 1, "name": "by hand"}
    event = {"routeKey": "PUT /items", "body": json.dumps(item), "headers": {"content-type": "application/json"}}
    put = json.load(functions.invoke(FunctionName=f"{STACK}-function", Payload=json.dumps(event))["Payload"])
    contains(put, {"statusCode": 200, "body": '"Put item compat"'})
    key = {"id": {"S": "compat"}}
    got = aws("dynamodb get-item", table_name=f"{STACK}-items", key=key)["Item"]
    equal(got, {**key, "price": {"N": "1"}, "name": {"S": "by hand"}})
    aws("dynamodb delete-item", table_name=f"{STACK}-items", key=key)


@check("function, role and log group are deleted")
def _():
    aws("lambda delete-function", function_name=NAME)
    aws("iam delete-role-policy", role_name=f"{NAME}-role", policy_name="log")
    aws("iam delete-role", role_name=f"{NAME}-role")
    aws("logs delete-log-group", log_group_name=f"/aws/lambda/{NAME}")


run()
