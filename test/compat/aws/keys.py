"""Who may call: wrong, forged and missing keys, another region, services that this cloud has nothing of."""

import os

from botocore import UNSIGNED
from botocore.config import Config

from harness import aws_refused, check, client, refused, run

# Service, a reading operation, and how that service's protocol names and numbers the refusals.
READS = [
    ("dynamodb", "list_tables", "json"),
    ("logs", "describe_log_groups", "json"),
    ("events", "list_rules", "json"),
    ("lambda", "list_functions", "rest"),
    ("apigatewayv2", "get_apis", "rest"),
    ("iam", "list_roles", "query"),
    ("sts", "get_caller_identity", "query"),
]
REST_OR_JSON = {"json": 400, "rest": 403}
SECRET = os.environ["AWS_SECRET_ACCESS_KEY"]


def refused_everywhere(json_code, query_code, **settings):
    for service, operation, protocol in READS:
        code = query_code if protocol == "query" else json_code
        refused(code, REST_OR_JSON.get(protocol, 403), getattr(client(service, **settings), operation))


@check("an unknown access key: UnrecognizedClientException, InvalidClientTokenId of IAM and STS")
def _():
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": SECRET}
    refused_everywhere("UnrecognizedClientException", "InvalidClientTokenId", **keys)


@check("a wrong secret: InvalidSignatureException, SignatureDoesNotMatch of IAM and STS")
def _():
    keys = {"aws_access_key_id": os.environ["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": "x" * 40}
    refused_everywhere("InvalidSignatureException", "SignatureDoesNotMatch", **keys)


@check("a session token that this cloud did not give")
def _():
    keys = {"aws_access_key_id": "ASIAIOSFODNN7EXAMPLE", "aws_secret_access_key": SECRET, "aws_session_token": "x"}
    refused_everywhere("UnrecognizedClientException", "InvalidClientTokenId", **keys)


@check("no signature: MissingAuthenticationTokenException, MissingAuthenticationToken of IAM and STS")
def _():
    unsigned = Config(signature_version=UNSIGNED)
    refused_everywhere("MissingAuthenticationTokenException", "MissingAuthenticationToken", config=unsigned)


@check("another region than this cloud's is named")
def _():
    message = refused("InvalidSignatureException", 400, client("dynamodb", region_name="eu-west-1").list_tables)
    assert "not 'eu-west-1': this local cloud is us-east-1 alone" in message, message
    said = aws_refused("InvalidSignatureException", "lambda list-functions", region="eu-west-1")
    assert "this local cloud is us-east-1 alone" in said, said


@check("services that this cloud has nothing of are refused by name, whatever their protocol")
def _():
    for command, named in [
        ("s3 ls", "s3 GET /"),
        ("s3api create-bucket --bucket compat", "s3 PUT /compat"),
        ("ec2 describe-instances", "ec2 DescribeInstances"),
        ("cloudwatch list-metrics", "ListMetrics"),
        ("cloudfront list-distributions", "cloudfront GET"),
        ("xray get-groups", "xray POST /Groups"),
    ]:
        said = aws_refused("UnknownOperationException", command)
        assert "The local cloud does not implement" in said and named in said, said
    # Not by the command: its version 1 sends `aws sqs` to AWS whatever AWS_ENDPOINT_URL says.
    message = refused("UnknownOperationException", 400, client("sqs").list_queues)
    assert "sqs AmazonSQS.ListQueues" in message, message


run()
