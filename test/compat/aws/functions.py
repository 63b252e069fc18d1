"""Lambda: functions, their code and configuration, permissions, tags."""

import base64
import hashlib
import json

from botocore.config import Config

from harness import ACCOUNT, REGION, STACK, aws, aws_refused, check, client, contains, equal, refused, run, walk, zipped

NAME = "compat-function"
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{NAME}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{STACK}-role"
GONE = {"FunctionName": "nowhere"}
functions = client("lambda")


def answering(answer):
    """A zip of a function that answers so."""
    return zipped(f"export const handler = async () => ({{ {answer}, text: process.env.TEXT }});")


def saved(name, content):
    with open(name, "wb") as file:
        file.write(content)
    return f"fileb://{name}"


def sha256(content):
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def answer():
    return json.load(functions.invoke(FunctionName=NAME)["Payload"])


def settled():
    aws("lambda wait function-updated-v2", function_name=NAME)


@check("lambda create-function with a zip, wait function-active-v2, get-function")
def _():
    made = aws(
        "lambda create-function",
        function_name=NAME,
        runtime="nodejs24.x",
        handler="index.handler",
        role=ROLE,
        zip_file=saved("one.zip", answering("version: 1")),
        environment={"Variables": {"TEXT": "한글 = a,b"}},
        tags={"course": "crud"},
    )
    contains(made, {"FunctionArn": ARN, "State": "Pending", "CodeSha256": sha256(answering("version: 1"))})
    aws("lambda wait function-active-v2", function_name=NAME)
    got = aws("lambda get-function", function_name=NAME)
    contains(got["Configuration"], {"State": "Active", "Timeout": 3, "MemorySize": 128, "Handler": "index.handler"})
    equal(got["Tags"], {"course": "crud"})
    configuration = aws("lambda get-function-configuration", function_name=ARN)
    equal(configuration["Environment"]["Variables"], {"TEXT": "한글 = a,b"})
    equal(answer(), {"version": 1, "text": "한글 = a,b"})


@check("lambda list-functions page by page: --page-size, --max-items, --starting-token")
def _():
    listed = aws("lambda list-functions")["Functions"]
    names = [each["FunctionName"] for each in listed]
    assert {NAME, f"{STACK}-function"} <= set(names), names
    assert "State" not in listed[0], "ListFunctions shows no State"
    equal([each["FunctionName"] for each in walk("lambda list-functions", "Functions")], names)
    equal([each["FunctionName"] for each in aws("lambda list-functions", page_size=1)["Functions"]], names)
    pages = list(functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1}))
    equal([each["FunctionName"] for page in pages for each in page["Functions"]], names)
    refused("InvalidParameterValueException", 400, functions.list_functions, Marker="nonsense")


@check("lambda refuses a function that is not there: ResourceNotFoundException, 404")
def _():
    for operation, members in [
        (functions.get_function, {}),
        (functions.get_function_configuration, {}),
        (functions.invoke, {}),
        (functions.update_function_code, {"ZipFile": answering("a: 1")}),
        (functions.update_function_configuration, {"Timeout": 5}),
        (functions.get_policy, {}),
        (functions.delete_function, {}),
    ]:
        message = refused("ResourceNotFoundException", 404, operation, **GONE, **members)
        equal(message, f"Function not found: {ARN.replace(NAME, 'nowhere')}")
    aws_refused("ResourceNotFoundException", "lambda get-function", function_name="nowhere")
    refused("ResourceNotFoundException", 404, functions.get_function, FunctionName=NAME, Qualifier="7")
    elsewhere = ARN.replace(ACCOUNT, "111122223333")
    refused("ResourceNotFoundException", 404, functions.get_function, FunctionName=elsewhere)


@check("lambda refuses names that are none, and a function that exists")
def _():
    aws_refused("ValidationException", "lambda get-function", function_name="no spaces")
    refused("ValidationException", 400, functions.get_function, FunctionName="n" * 257)
    refused("InvalidParameterValueException", 400, functions.get_function, FunctionName="n" * 65)
    settings = {"Runtime": "nodejs24.x", "Handler": "index.handler", "Code": {"ZipFile": answering("a: 1")}}
    again = {**settings, "FunctionName": NAME, "Role": ROLE}
    refused("ResourceConflictException", 409, functions.create_function, **again)
    strange = {**settings, "FunctionName": "compat-strange", "Role": f"{ROLE}-gone"}
    message = refused("InvalidParameterValueException", 400, functions.create_function, **strange)
    equal(message, "The role defined for the function cannot be assumed by Lambda.")


@check("lambda update-function-code: another zip, a dry run")
def _():
    code = answering("version: 2")
    dry = aws("lambda update-function-code", "--dry-run", function_name=NAME, zip_file=saved("two.zip", code))
    equal(dry["FunctionName"], NAME)
    equal(answer()["version"], 1)
    updated = aws("lambda update-function-code", function_name=NAME, zip_file="fileb://two.zip")
    contains(updated, {"CodeSha256": sha256(code), "LastUpdateStatus": "InProgress"})
    settled()
    equal(answer()["version"], 2)


@check("lambda update-function-code refuses what is no zip, none at all, an old revision")
def _():
    update = functions.update_function_code
    for content in [answering("version: 3")[:-40], b"not a zip"]:
        message = refused("InvalidParameterValueException", 400, update, FunctionName=NAME, ZipFile=content)
        assert "Could not unzip uploaded file" in message, message
    refused("InvalidParameterValueException", 400, update, FunctionName=NAME, ZipFile=b"")
    broken = saved("broken.zip", answering("version: 3").replace(b"version", b"VERSION"))
    aws_refused("InvalidParameterValueException", "lambda update-function-code", function_name=NAME, zip_file=broken)
    aws_refused("InvalidParameterValueException", "lambda update-function-code", function_name=NAME)
    old = {"FunctionName": NAME, "ZipFile": answering("a: 1"), "RevisionId": "00000000-0000-4000-8000-000000000000"}
    refused("PreconditionFailedException", 412, update, **old)
    message = refused("UnknownOperationException", 400, update, FunctionName=NAME, S3Bucket="bucket", S3Key="key")
    assert "does not implement code from Amazon S3" in message, message
    equal(answer()["version"], 2)


@check("lambda update-function-configuration: environment, timeout, memory, description")
def _():
    updated = aws(
        "lambda update-function-configuration",
        function_name=NAME,
        environment="Variables={TEXT=new}",
        timeout=5,
        memory_size=256,
        description="seen",
    )
    contains(updated, {"Timeout": 5, "MemorySize": 256, "Description": "seen", "Handler": "index.handler"})
    settled()
    equal(answer()["text"], "new")


@check("lambda update-function-configuration refuses values that are none")
def _():
    update = functions.update_function_configuration
    refused("ValidationException", 400, update, FunctionName=NAME, Timeout=5401)
    refused("ValidationException", 400, update, FunctionName=NAME, MemorySize=10_241)
    refused("InvalidParameterValueException", 400, update, FunctionName=NAME, Runtime="nodejs20.x")
    refused("InvalidParameterValueException", 400, update, FunctionName=NAME, Role=f"{ROLE}-gone")
    reserved = {"Variables": {"AWS_REGION": "x"}}
    refused("InvalidParameterValueException", 400, update, FunctionName=NAME, Environment=reserved)
    aws_refused("ValidationException", "lambda update-function-configuration", function_name=NAME, timeout=5401)


@check("lambda tag-resource, list-tags, untag-resource by ARN")
def _():
    aws("lambda tag-resource", resource=ARN, tags={"a": "1", "b": "2"})
    aws("lambda untag-resource", resource=ARN, tag_keys=["a", "never"])
    equal(aws("lambda list-tags", resource=ARN)["Tags"], {"course": "crud", "b": "2"})
    refused("ResourceNotFoundException", 404, functions.list_tags, Resource=ARN.replace(NAME, "nowhere"))
    aws_refused("ValidationException", "lambda tag-resource", resource=NAME, tags={"a": "1"})


@check("lambda add-permission, get-policy, remove-permission")
def _():
    aws_refused("ResourceNotFoundException", "lambda get-policy", function_name=NAME)
    permission = {
        "function_name": NAME,
        "statement_id": "api",
        "action": "lambda:InvokeFunction",
        "principal": "apigateway.amazonaws.com",
        "source_arn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:abcdef1234/*/*/items",
    }
    aws("lambda add-permission", **permission)
    aws_refused("ResourceConflictException", "lambda add-permission", **permission)
    (statement,) = json.loads(aws("lambda get-policy", function_name=NAME)["Policy"])["Statement"]
    contains(statement, {"Sid": "api", "Principal": {"Service": "apigateway.amazonaws.com"}, "Resource": ARN})
    aws("lambda remove-permission", function_name=NAME, statement_id="api")
    refused("ResourceNotFoundException", 404, functions.remove_permission, FunctionName=NAME, StatementId="api")


@check("lambda concurrency: put, get, delete; get-account-settings")
def _():
    aws("lambda put-function-concurrency", function_name=NAME, reserved_concurrent_executions=0)
    equal(functions.get_function_concurrency(FunctionName=NAME)["ReservedConcurrentExecutions"], 0)
    once = client("lambda", config=Config(retries={"total_max_attempts": 1}))
    refused("TooManyRequestsException", 429, once.invoke, FunctionName=NAME)
    aws("lambda delete-function-concurrency", function_name=NAME)
    assert "ReservedConcurrentExecutions" not in functions.get_function_concurrency(FunctionName=NAME)
    assert aws("lambda get-account-settings")["AccountUsage"]["FunctionCount"] >= 2


@check("lambda refuses by name what this cloud has not: UnknownOperationException")
def _():
    for operation, members in [
        (functions.publish_version, {"FunctionName": NAME}),
        (functions.list_versions_by_function, {"FunctionName": NAME}),
        (functions.create_alias, {"FunctionName": NAME, "Name": "live", "FunctionVersion": "1"}),
        (functions.create_function_url_config, {"FunctionName": NAME, "AuthType": "NONE"}),
        (functions.list_layers, {}),
    ]:
        refused("UnknownOperationException", 404, operation, **members)
    said = aws_refused("UnknownOperationException", "lambda list-event-source-mappings")
    assert "does not implement lambda ListEventSourceMappings" in said, said


@check("lambda delete-function: gone, and a second time refused")
def _():
    aws("lambda delete-function", function_name=NAME)
    aws_refused("ResourceNotFoundException", "lambda delete-function", function_name=NAME)


run()
