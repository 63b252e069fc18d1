"""DynamoDB: many items at once: query, scan, batches."""

from harness import aws, aws_refused, check, client, equal, refused, run, walk

TABLE = "compat-orders"
dynamodb = client("dynamodb")


def order(number):
    who = "alice" if number % 2 == 0 else "bob"
    return {"who": {"S": who}, "number": {"N": str(number)}, "price": {"N": str(number * 10)}}


def key(number):
    return {name: value for name, value in order(number).items() if name != "price"}


def numbers(items):
    return [int(item["number"]["N"]) for item in items]


def write(count, make=lambda number: {"PutRequest": {"Item": order(number)}}):
    return {TABLE: [make(number) for number in range(count)]}


@check("dynamodb batch-write-item: 25 items in a table with a sort key")
def _():
    aws(
        "dynamodb create-table",
        table_name=TABLE,
        attribute_definitions=["AttributeName=who,AttributeType=S", "AttributeName=number,AttributeType=N"],
        key_schema=["AttributeName=who,KeyType=HASH", "AttributeName=number,KeyType=RANGE"],
        billing_mode="PAY_PER_REQUEST",
    )
    aws("dynamodb wait table-exists", table_name=TABLE)
    equal(aws("dynamodb batch-write-item", request_items=write(25))["UnprocessedItems"], {})
    equal(aws("dynamodb scan", table_name=TABLE, select="COUNT")["Count"], 25)


@check("dynamodb batch-get-item: what is there, with a projection")
def _():
    request = {TABLE: {"Keys": [key(3), key(4), key(99)], "ProjectionExpression": "price"}}
    answer = aws("dynamodb batch-get-item", request_items=request)
    equal(sorted(item["price"]["N"] for item in answer["Responses"][TABLE]), ["30", "40"])
    equal(answer["UnprocessedKeys"], {})


@check("dynamodb batches: too many items, the same twice, an unknown table")
def _():
    aws_refused("ValidationException", "dynamodb batch-write-item", request_items=write(26))
    refused("ValidationException", 400, dynamodb.batch_write_item, RequestItems=write(26))
    many = {TABLE: {"Keys": [key(number) for number in range(101)]}}
    refused("ValidationException", 400, dynamodb.batch_get_item, RequestItems=many)
    twice = {TABLE: {"Keys": [key(1), key(1)]}}
    message = refused("ValidationException", 400, dynamodb.batch_get_item, RequestItems=twice)
    equal(message, "Provided list of item keys contains duplicates")
    nowhere = {"nowhere": write(1)[TABLE]}
    refused("ResourceNotFoundException", 400, dynamodb.batch_write_item, RequestItems=nowhere)
    wrong = {TABLE: [{"PutRequest": {"Item": {"who": {"S": "x"}}}}]}
    refused("ValidationException", 400, dynamodb.batch_write_item, RequestItems=wrong)


@check("dynamodb query: key condition, filter, backwards, limit")
def _():
    found = aws(
        "dynamodb query",
        table_name=TABLE,
        key_condition_expression="who = :who AND #n BETWEEN :from AND :to",
        filter_expression="price <> :price",
        expression_attribute_names={"#n": "number"},
        expression_attribute_values={
            ":who": {"S": "alice"},
            ":from": {"N": "4"},
            ":to": {"N": "10"},
            ":price": {"N": "60"},
        },
    )
    equal((numbers(found["Items"]), found["Count"], found["ScannedCount"]), ([4, 8, 10], 3, 4))
    latest = dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="who = :who",
        ExpressionAttributeValues={":who": {"S": "bob"}},
        ScanIndexForward=False,
        Limit=2,
    )
    equal((numbers(latest["Items"]), latest["LastEvaluatedKey"]), ([23, 21], key(21)))


@check("dynamodb query refuses a condition that is no key's")
def _():
    def query(condition):
        return {
            "TableName": TABLE,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {":v": {"S": "alice"}},
        }

    for condition, part in [
        ("price = :v", "Query condition missed key schema element: who"),
        ("who > :v", "Query key condition not supported"),
        ("who = :v AND", "Syntax error"),
    ]:
        message = refused("ValidationException", 400, dynamodb.query, **query(condition))
        assert part in message, message
    options = {"table_name": TABLE, "key_condition_expression": "price = :v"}
    values = {":v": {"S": "x"}}
    aws_refused("ValidationException", "dynamodb query", expression_attribute_values=values, **options)


@check("dynamodb query and scan page by page, by the command and by boto3's paginators")
def _():
    bob = list(range(1, 25, 2))
    condition = {"key_condition_expression": "who = :who", "expression_attribute_values": {":who": {"S": "bob"}}}
    equal(numbers(walk("dynamodb query", "Items", size=5, table_name=TABLE, **condition)), bob)
    equal(numbers(aws("dynamodb query", table_name=TABLE, page_size=3, **condition)["Items"]), bob)
    everything = aws("dynamodb scan", table_name=TABLE)["Items"]
    equal(sorted(numbers(everything)), list(range(25)))
    equal(walk("dynamodb scan", "Items", size=10, table_name=TABLE), everything)
    pages = list(dynamodb.get_paginator("scan").paginate(TableName=TABLE, PaginationConfig={"PageSize": 7}))
    equal([item for page in pages for item in page["Items"]], everything)
    equal([page["Count"] for page in pages], [7, 7, 7, 4])


@check("dynamodb scan: filter, segments")
def _():
    dear = {"filter_expression": "price >= :p", "expression_attribute_values": {":p": {"N": "200"}}}
    found = aws("dynamodb scan", table_name=TABLE, **dear)
    equal((sorted(numbers(found["Items"])), found["ScannedCount"]), ([20, 21, 22, 23, 24], 25))
    halves = [dynamodb.scan(TableName=TABLE, TotalSegments=2, Segment=half)["Count"] for half in (0, 1)]
    equal(sum(halves), 25)


@check("dynamodb scan refuses a filter, a start and a segment that are none")
def _():
    aws_refused("ValidationException", "dynamodb scan", table_name=TABLE, filter_expression="number = 1")
    for members in [
        {"FilterExpression": "price = :p"},
        {"ExclusiveStartKey": {"id": {"S": "1"}}},
        {"TotalSegments": 2, "Segment": 2},
    ]:
        refused("ValidationException", 400, dynamodb.scan, TableName=TABLE, **members)


@check("dynamodb delete-table takes the items along")
def _():
    aws("dynamodb delete-table", table_name=TABLE)
    aws("dynamodb wait table-not-exists", table_name=TABLE)
    refused("ResourceNotFoundException", 400, dynamodb.scan, TableName=TABLE)


run()
