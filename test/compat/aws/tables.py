"""DynamoDB: tables, their tags, and items one by one."""

from boto3.dynamodb.conditions import Attr, Key
import boto3
from decimal import Decimal

from harness import ACCOUNT, REGION, aws, aws_refused, check, client, contains, equal, refused, run, walk

TABLE = "compat-items"
ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
KEYS = {
    "attribute_definitions": "AttributeName=id,AttributeType=S",
    "key_schema": "AttributeName=id,KeyType=HASH",
    "billing_mode": "PAY_PER_REQUEST",
}
dynamodb = client("dynamodb")


def key(text):
    return {"id": {"S": text}}


@check("dynamodb create-table, wait, describe-table, list-tags-of-resource")
def _():
    made = aws("dynamodb create-table", table_name=TABLE, tags="Key=course,Value=crud", **KEYS)
    equal(made["TableDescription"]["TableArn"], ARN)
    aws("dynamodb wait table-exists", table_name=TABLE)
    table = aws("dynamodb describe-table", table_name=TABLE)["Table"]
    contains(table, {"TableName": TABLE, "TableStatus": "ACTIVE", "ItemCount": 0, "DeletionProtectionEnabled": False})
    equal(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
    equal(aws("dynamodb list-tags-of-resource", resource_arn=ARN)["Tags"], [{"Key": "course", "Value": "crud"}])


@check("dynamodb list-tables page by page: --page-size, --max-items, --starting-token")
def _():
    aws("dynamodb create-table", table_name="compat-second", **KEYS)
    aws("dynamodb wait table-exists", table_name="compat-second")
    names = aws("dynamodb list-tables")["TableNames"]
    assert {TABLE, "compat-second"} <= set(names), names
    equal(walk("dynamodb list-tables", "TableNames"), names)
    equal(aws("dynamodb list-tables", page_size=1)["TableNames"], names)
    pages = list(dynamodb.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 1}))
    equal([name for page in pages for name in page["TableNames"]], names)
    aws_refused("ValidationException", "dynamodb list-tables", limit=101)
    aws("dynamodb delete-table", table_name="compat-second")


@check("dynamodb refuses what is not there: ResourceNotFoundException, 400")
def _():
    gone = {"TableName": "nowhere"}
    for operation, members in [
        (dynamodb.describe_table, gone),
        (dynamodb.update_table, {**gone, "BillingMode": "PAY_PER_REQUEST"}),
        (dynamodb.delete_table, gone),
        (dynamodb.scan, gone),
        (dynamodb.get_item, {**gone, "Key": key("1")}),
        (dynamodb.put_item, {**gone, "Item": key("1")}),
        (dynamodb.delete_item, {**gone, "Key": key("1")}),
        (dynamodb.tag_resource, {"ResourceArn": ARN.replace(TABLE, "nowhere"), "Tags": [{"Key": "a", "Value": "b"}]}),
    ]:
        refused("ResourceNotFoundException", 400, operation, **members)
    said = aws_refused("ResourceNotFoundException", "dynamodb describe-table", table_name="nowhere")
    assert "Requested resource not found: Table: nowhere not found" in said, said


@check("dynamodb create-table refuses a name that is none and one that exists")
def _():
    aws_refused("ValidationException", "dynamodb create-table", table_name="no spaces", **KEYS)
    aws_refused("ResourceInUseException", "dynamodb create-table", table_name=TABLE, **KEYS)
    refused("ValidationException", 400, dynamodb.describe_table, TableName="ab")


@check("dynamodb update-table: deletion protection, billing mode")
def _():
    aws("dynamodb update-table", table_name=TABLE, deletion_protection_enabled=True)
    aws("dynamodb wait table-exists", table_name=TABLE)
    refused("ValidationException", 400, dynamodb.delete_table, TableName=TABLE)
    aws("dynamodb update-table", "--no-deletion-protection-enabled", table_name=TABLE)
    throughput = "ReadCapacityUnits=5,WriteCapacityUnits=5"
    aws("dynamodb update-table", table_name=TABLE, billing_mode="PROVISIONED", provisioned_throughput=throughput)
    aws("dynamodb wait table-exists", table_name=TABLE)
    table = dynamodb.describe_table(TableName=TABLE)["Table"]
    contains(table["ProvisionedThroughput"], {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    aws("dynamodb update-table", table_name=TABLE, billing_mode="PAY_PER_REQUEST")
    aws("dynamodb wait table-exists", table_name=TABLE)


@check("dynamodb tag-resource, untag-resource by ARN")
def _():
    aws("dynamodb tag-resource", resource_arn=ARN, tags=[{"Key": "a", "Value": "1"}, {"Key": "course", "Value": "2"}])
    aws("dynamodb untag-resource", resource_arn=ARN, tag_keys=["a", "never"])
    equal(dynamodb.list_tags_of_resource(ResourceArn=ARN)["Tags"], [{"Key": "course", "Value": "2"}])
    aws_refused("ValidationException", "dynamodb tag-resource", resource_arn=TABLE, tags="Key=a,Value=1")


@check("dynamodb put-item, get-item, update-item, delete-item")
def _():
    item = {**key("1"), "price": {"N": "5"}, "name": {"S": "한글"}}
    aws("dynamodb put-item", table_name=TABLE, item=item)
    equal(aws("dynamodb get-item", table_name=TABLE, key=key("1"), consistent_read=True)["Item"], item)
    equal(aws("dynamodb get-item", table_name=TABLE, key=key("absent")), None)
    only = aws("dynamodb get-item", table_name=TABLE, key=key("1"), projection_expression="price")
    equal(only["Item"], {"price": {"N": "5"}})
    updated = aws(
        "dynamodb update-item",
        table_name=TABLE,
        key=key("1"),
        update_expression="SET price = price + :more, #name = :name ADD visits :one",
        expression_attribute_names={"#name": "name"},
        expression_attribute_values={":more": {"N": "2.5"}, ":name": {"S": "b"}, ":one": {"N": "1"}},
        return_values="ALL_NEW",
    )["Attributes"]
    equal(updated, {**key("1"), "price": {"N": "7.5"}, "name": {"S": "b"}, "visits": {"N": "1"}})
    old = aws("dynamodb delete-item", table_name=TABLE, key=key("1"), return_values="ALL_OLD")
    equal(old["Attributes"], updated)
    equal(aws("dynamodb delete-item", table_name=TABLE, key=key("1")), None)


@check("dynamodb put-item refuses a wrong key, an empty one, a bad number, an item over 400 KB")
def _():
    for item, part in [
        ({"ID": {"S": "1"}}, "Missing the key id in the item"),
        ({"id": {"N": "1"}}, "Type mismatch for key id expected: S actual: N"),
        ({"id": {"S": ""}}, "cannot contain an empty string value. Key: id"),
        ({**key("1"), "price": {"N": "five"}}, "cannot be converted to a numeric value: five"),
        ({**key("1"), "text": {"S": "x" * 409_600}}, "Item size has exceeded the maximum allowed size"),
    ]:
        message = refused("ValidationException", 400, dynamodb.put_item, TableName=TABLE, Item=item)
        assert part in message, message
    aws_refused("ValidationException", "dynamodb put-item", table_name=TABLE, item={"ID": {"S": "1"}})
    wrong = {**key("1"), "other": {"S": "1"}}
    refused("ValidationException", 400, dynamodb.get_item, TableName=TABLE, Key=wrong)


@check("dynamodb conditions: ConditionalCheckFailedException, 400")
def _():
    dynamodb.put_item(TableName=TABLE, Item={**key("once"), "price": {"N": "1"}})
    once = {"table_name": TABLE, "condition_expression": "attribute_not_exists(id)"}
    said = aws_refused("ConditionalCheckFailedException", "dynamodb put-item", item=key("once"), **once)
    assert "The conditional request failed" in said, said
    cheap = {
        "TableName": TABLE,
        "Key": key("once"),
        "ConditionExpression": "price < :p",
        "ExpressionAttributeValues": {":p": {"N": "1"}},
    }
    refused("ConditionalCheckFailedException", 400, dynamodb.delete_item, **cheap)
    refused("ConditionalCheckFailedException", 400, dynamodb.update_item, **cheap, UpdateExpression="REMOVE price")
    equal(dynamodb.get_item(TableName=TABLE, Key=key("once"))["Item"]["price"], {"N": "1"})


@check("dynamodb --return-values-on-condition-check-failure: the refusal brings the item")
def _():
    show = {"ConditionExpression": "attribute_not_exists(id)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    try:
        dynamodb.put_item(TableName=TABLE, Item=key("once"), **show)
    except dynamodb.exceptions.ConditionalCheckFailedException as problem:
        equal(problem.response["Item"], {**key("once"), "price": {"N": "1"}})
    else:
        raise AssertionError("the condition did not fail")


@check("dynamodb expressions that are none: reserved words, unknown values and functions")
def _():
    update = {"TableName": TABLE, "Key": key("once")}
    text = {":v": {"S": "x"}}
    for expression, part in [
        ("SET name = :v", "reserved keyword: name"),
        ("SET id = :v", "This attribute is part of the key"),
        ("SET a = :v, b = :w", "attribute value: :w"),
        ("ADD price :v", "operand type: STRING"),
        ("SET SET", "Syntax error"),
    ]:
        message = refused(
            "ValidationException",
            400,
            dynamodb.update_item,
            **update,
            UpdateExpression=expression,
            ExpressionAttributeValues=text,
        )
        assert part in message, message


@check("boto3's table resource: decimals, sets, conditions, batch_writer")
def _():
    table = boto3.resource("dynamodb").Table(TABLE)
    item = {"id": "rich", "price": Decimal("12.50"), "tags": {"a", "b"}, "list": [Decimal(1), None, True, {"x": "y"}]}
    table.put_item(Item=item)
    equal(table.get_item(Key={"id": "rich"})["Item"], item)
    equal(table.query(KeyConditionExpression=Key("id").eq("rich"))["Items"], [item])
    equal(table.scan(FilterExpression=Attr("price").gt(10) & Attr("tags").contains("a"))["Count"], 1)
    with table.batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"id": f"batch-{number}"})
    with table.batch_writer() as batch:
        for number in range(60):
            batch.delete_item(Key={"id": f"batch-{number}"})
    equal(table.scan(Select="COUNT")["Count"], 2)


@check("dynamodb refuses by name what this cloud has not")
def _():
    for command in ["describe-time-to-live", "describe-continuous-backups"]:
        aws_refused("UnknownOperationException", f"dynamodb {command}", table_name=TABLE)
    put = [{"Put": {"TableName": TABLE, "Item": key("1")}}]
    message = refused("UnknownOperationException", 400, dynamodb.transact_write_items, TransactItems=put)
    assert "dynamodb TransactWriteItems" in message, message


@check("dynamodb delete-table, wait table-not-exists")
def _():
    equal(aws("dynamodb delete-table", table_name=TABLE)["TableDescription"]["TableStatus"], "DELETING")
    aws("dynamodb wait table-not-exists", table_name=TABLE)
    refused("ResourceNotFoundException", 400, dynamodb.describe_table, TableName=TABLE)


run()
