"""API Gateway: HTTP APIs, routes, integrations, stages, authorizers, tags."""

import json
import urllib.error
import urllib.request

from harness import ACCOUNT, REGION, STACK, aws, aws_refused, check, client, contains, equal, refused, run, walk

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-function"
apis = client("apigatewayv2")
api = {}


def arn(path=""):
    return f"arn:aws:apigateway:{REGION}::/apis/{api['id']}{path}"


def answer_to(path, **headers):
    """Status, www-authenticate and body of a GET."""
    url = f"{apis.get_api(ApiId=api['id'])['ApiEndpoint']}{path}"
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20)
    except urllib.error.HTTPError as problem:
        answer = problem
    with answer:
        return answer.status, answer.headers["www-authenticate"], json.load(answer)


def keys(routes):
    return sorted(route["RouteKey"] for route in routes)


@check("apigatewayv2 create-api, get-api, and get-apis page by page")
def _():
    made = aws("apigatewayv2 create-api", name="compat-api", protocol_type="HTTP", tags={"course": "crud"})
    api["id"] = made["ApiId"]
    got = aws("apigatewayv2 get-api", api_id=api["id"])
    contains(got, {"Name": "compat-api", "ProtocolType": "HTTP", "Tags": {"course": "crud"}})
    equal(got["ApiEndpoint"], made["ApiEndpoint"])
    names = [each["Name"] for each in aws("apigatewayv2 get-apis")["Items"]]
    assert {"compat-api", f"{STACK}-api"} <= set(names), names
    equal([each["Name"] for each in walk("apigatewayv2 get-apis", "Items")], names)
    equal([each["Name"] for each in aws("apigatewayv2 get-apis", page_size=1)["Items"]], names)
    refused("BadRequestException", 400, apis.get_apis, NextToken="nonsense")
    refused("BadRequestException", 400, apis.get_apis, MaxResults="0")


@check("apigatewayv2 update-api: description, CORS, and without CORS again")
def _():
    cors = {"AllowOrigins": ["https://example.com"], "AllowMethods": ["GET"], "AllowHeaders": ["content-type"]}
    updated = aws("apigatewayv2 update-api", api_id=api["id"], description="seen", cors_configuration=cors)
    contains(updated, {"Description": "seen", "Name": "compat-api", "CorsConfiguration": cors})
    aws("apigatewayv2 delete-cors-configuration", api_id=api["id"])
    assert "CorsConfiguration" not in apis.get_api(ApiId=api["id"])


@check("apigatewayv2 refuses what is not there: NotFoundException, 404")
def _():
    here, gone = {"ApiId": api["id"]}, {"ApiId": "nowhere"}
    for operation, members in [
        (apis.get_api, gone),
        (apis.update_api, {**gone, "Name": "x"}),
        (apis.delete_api, gone),
        (apis.get_routes, gone),
        (apis.create_route, {**gone, "RouteKey": "GET /x"}),
        (apis.get_integrations, gone),
        (apis.get_stages, gone),
        (apis.get_route, {**here, "RouteId": "nowhere"}),
        (apis.update_route, {**here, "RouteId": "nowhere", "RouteKey": "GET /x"}),
        (apis.get_integration, {**here, "IntegrationId": "nowhere"}),
        (apis.delete_integration, {**here, "IntegrationId": "nowhere"}),
        (apis.get_stage, {**here, "StageName": "nowhere"}),
        (apis.get_deployment, {**here, "DeploymentId": "nowhere"}),
        (apis.get_tags, {"ResourceArn": arn().replace(api["id"], "nowhere")}),
    ]:
        refused("NotFoundException", 404, operation, **members)
    said = aws_refused("NotFoundException", "apigatewayv2 get-api", api_id="nowhere")
    assert f"Invalid API identifier specified {ACCOUNT}:nowhere" in said, said


@check("apigatewayv2 create-integration, get-integrations, update-integration")
def _():
    made = aws(
        "apigatewayv2 create-integration",
        api_id=api["id"],
        integration_type="AWS_PROXY",
        integration_uri=FUNCTION,
        payload_format_version="2.0",
    )
    api["integration"] = made["IntegrationId"]
    contains(made, {"ConnectionType": "INTERNET", "IntegrationMethod": "POST", "TimeoutInMillis": 30000})
    one = {"api_id": api["id"], "integration_id": api["integration"]}
    aws("apigatewayv2 update-integration", **one, timeout_in_millis=5000, description="seen")
    got = aws("apigatewayv2 get-integration", **one)
    contains(got, {"TimeoutInMillis": 5000, "Description": "seen", "IntegrationUri": FUNCTION})
    equal(walk("apigatewayv2 get-integrations", "Items", api_id=api["id"]), [got])


@check("apigatewayv2 create-integration refuses what an HTTP API cannot have")
def _():
    good = {"ApiId": api["id"], "IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION}
    version = {"PayloadFormatVersion": "2.0"}
    for members in [
        {**good, "PayloadFormatVersion": "3.0"},
        {**good, **version, "IntegrationUri": "nonsense"},
        {**good, **version, "TimeoutInMillis": 30001},
        {**good, **version, "IntegrationType": "MOCK"},
        {**good, **version, "IntegrationType": "NONSENSE"},
    ]:
        refused("BadRequestException", 400, apis.create_integration, **members)


@check("apigatewayv2 create-route, get-routes page by page, update-route")
def _():
    target = f"integrations/{api['integration']}"
    for route_key in ["GET /items", "GET /items/{id}", "PUT /items", "DELETE /items/{id}"]:
        api["route"] = aws("apigatewayv2 create-route", api_id=api["id"], route_key=route_key, target=target)["RouteId"]
    found = aws("apigatewayv2 get-routes", api_id=api["id"])["Items"]
    equal(keys(found), ["DELETE /items/{id}", "GET /items", "GET /items/{id}", "PUT /items"])
    equal(walk("apigatewayv2 get-routes", "Items", size=3, api_id=api["id"]), found)
    equal(aws("apigatewayv2 get-routes", api_id=api["id"], page_size=1)["Items"], found)
    pages = list(apis.get_paginator("get_routes").paginate(ApiId=api["id"], PaginationConfig={"PageSize": 3}))
    equal([len(page["Items"]) for page in pages], [3, 1])
    one = {"api_id": api["id"], "route_id": api["route"]}
    aws("apigatewayv2 update-route", **one, route_key="DELETE /things/{id}", operation_name="deleteThing")
    got = aws("apigatewayv2 get-route", **one)
    contains(got, {"RouteKey": "DELETE /things/{id}", "OperationName": "deleteThing", "Target": target})


@check("apigatewayv2 create-route refuses a key that is none or taken, a target that is none")
def _():
    create, here = apis.create_route, {"ApiId": api["id"]}
    refused("ConflictException", 409, create, **here, RouteKey="GET /items")
    refused("BadRequestException", 400, create, **here, RouteKey="nonsense")
    refused("BadRequestException", 400, create, **here, RouteKey="POST /x", Target="nonsense")
    refused("NotFoundException", 404, create, **here, RouteKey="POST /x", Target="integrations/nowhere")
    aws_refused("ConflictException", "apigatewayv2 create-route", api_id=api["id"], route_key="GET /items")


@check("apigatewayv2 create-stage, get-stages, update-stage: the API answers at once")
def _():
    one = {"api_id": api["id"], "stage_name": "$default"}
    aws("apigatewayv2 create-stage", "--auto-deploy", **one, tags={"course": "crud"})
    aws("apigatewayv2 update-stage", **one, description="seen")
    got = aws("apigatewayv2 get-stage", **one)
    contains(got, {"StageName": "$default", "AutoDeploy": True, "Description": "seen"})
    equal(walk("apigatewayv2 get-stages", "Items", api_id=api["id"]), [got])
    deployments = aws("apigatewayv2 get-deployments", api_id=api["id"])["Items"]
    assert got["DeploymentId"] in [each["DeploymentId"] for each in deployments], deployments
    permission = {"function_name": f"{STACK}-function", "statement_id": "compat"}
    source = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api['id']}/*/*/items*"
    principal = "apigateway.amazonaws.com"
    may = {"action": "lambda:InvokeFunction", "principal": principal, "source_arn": source}
    aws("lambda add-permission", **permission, **may)
    with urllib.request.urlopen(f"{apis.get_api(ApiId=api['id'])['ApiEndpoint']}/items", timeout=20) as answer:
        equal((answer.status, json.load(answer)), (200, []))
    aws("lambda remove-permission", **permission)
    refused("ConflictException", 409, apis.create_stage, ApiId=api["id"], StageName="$default")
    refused("BadRequestException", 400, apis.create_stage, ApiId=api["id"], StageName="no spaces")


@check("apigatewayv2 create-authorizer for a user pool, get-authorizers page by page, update-authorizer")
def _():
    pool = aws("cognito-idp create-user-pool", pool_name="compat-authorizer")["UserPool"]["Id"]
    api["pool"] = pool
    api["jwt"] = {"Issuer": f"https://cognito-idp.{REGION}.amazonaws.com/{pool}", "Audience": ["one-client"]}
    good = {"api_id": api["id"], "authorizer_type": "JWT", "identity_source": ["$request.header.Authorization"]}
    made = aws("apigatewayv2 create-authorizer", **good, name="compat-users", jwt_configuration=api["jwt"])
    contains(made, {"Name": "compat-users", "AuthorizerType": "JWT", "JwtConfiguration": api["jwt"]})
    api["authorizer"] = made["AuthorizerId"]
    aws("apigatewayv2 create-authorizer", **good, name="compat-others", jwt_configuration=api["jwt"])
    both = aws("apigatewayv2 get-authorizers", api_id=api["id"])["Items"]
    equal([each["Name"] for each in both], ["compat-users", "compat-others"])
    equal(walk("apigatewayv2 get-authorizers", "Items", api_id=api["id"]), both)
    one = {"api_id": api["id"], "authorizer_id": api["authorizer"]}
    changed = {**api["jwt"], "Audience": ["one-client", "another"]}
    aws("apigatewayv2 update-authorizer", **one, jwt_configuration=changed)
    got = aws("apigatewayv2 get-authorizer", **one)
    contains(got, {"Name": "compat-users", "IdentitySource": good["identity_source"], "JwtConfiguration": changed})
    aws("apigatewayv2 delete-authorizer", api_id=api["id"], authorizer_id=both[1]["AuthorizerId"])


@check("apigatewayv2 create-authorizer refuses what cannot guard: BadRequestException; REQUEST by name")
def _():
    good = {
        "ApiId": api["id"],
        "Name": "wrong",
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": api["jwt"],
    }
    gone = f"https://cognito-idp.{REGION}.amazonaws.com/{REGION}_gone"
    for members in [
        {**good, "Name": "compat-users"},
        {**good, "IdentitySource": ["$request.header.A", "$request.header.B"]},
        {**good, "IdentitySource": ["nonsense"]},
        {**good, "JwtConfiguration": {**api["jwt"], "Audience": []}},
        {**good, "JwtConfiguration": {**api["jwt"], "Issuer": "nonsense"}},
        {**good, "JwtConfiguration": {**api["jwt"], "Issuer": gone}},
        {key: value for key, value in good.items() if key != "JwtConfiguration"},
    ]:
        refused("BadRequestException", 400, apis.create_authorizer, **members)
    undiscovered = {**good, "JwtConfiguration": {**api["jwt"], "Issuer": gone}}
    said = refused("BadRequestException", 400, apis.create_authorizer, **undiscovered)
    assert f"Please try again later. Error: Invalid issuer: {gone}." in said, said
    refused("UnknownOperationException", 400, apis.create_authorizer, **{**good, "AuthorizerType": "REQUEST"})
    nowhere = {"ApiId": api["id"], "AuthorizerId": "nowhere"}
    for operation in [apis.get_authorizer, apis.update_authorizer, apis.delete_authorizer]:
        refused("NotFoundException", 404, operation, **nowhere)


@check("apigatewayv2 update-route: guarded by JWT, 401 without a token, and open again with NONE")
def _():
    route = next(each for each in apis.get_routes(ApiId=api["id"])["Items"] if each["RouteKey"] == "GET /items")
    one = {"api_id": api["id"], "route_id": route["RouteId"]}
    bare = {"ApiId": api["id"], "RouteId": route["RouteId"], "AuthorizationType": "JWT"}
    refused("BadRequestException", 400, apis.update_route, **bare)
    guarded = {"authorization_type": "JWT", "authorizer_id": api["authorizer"], "authorization_scopes": ["read"]}
    changed = aws("apigatewayv2 update-route", **one, **guarded)
    contains(changed, {"AuthorizationType": "JWT", "AuthorizerId": api["authorizer"], "AuthorizationScopes": ["read"]})
    equal(answer_to("/items"), (401, "Bearer", {"message": "Unauthorized"}))
    status, challenge, _body = answer_to("/items", Authorization="Bearer nonsense")
    invalid = 'error="invalid_token" error_description="token contains an invalid number of segments"'
    equal((status, challenge), (401, f'Bearer scope="read" {invalid}'))
    used = {"api_id": api["id"], "authorizer_id": api["authorizer"]}
    said = aws_refused("ConflictException", "apigatewayv2 delete-authorizer", **used)
    assert "Cannot delete authorizer 'compat-users', is referenced in route: GET /items" in said, said
    opened = aws("apigatewayv2 update-route", **one, authorization_type="NONE")
    assert "AuthorizerId" not in opened and "AuthorizationScopes" not in opened, opened
    assert answer_to("/items")[0] != 401
    aws("apigatewayv2 delete-authorizer", **used)
    aws("cognito-idp delete-user-pool", user_pool_id=api["pool"])


@check("apigatewayv2 tag-resource, get-tags, untag-resource by the ARN of API and stage")
def _():
    for resource in [arn(), arn("/stages/$default")]:
        aws("apigatewayv2 tag-resource", resource_arn=resource, tags={"a": "1", "b": "2"})
        aws("apigatewayv2 untag-resource", resource_arn=resource, tag_keys=["a", "never"])
        equal(aws("apigatewayv2 get-tags", resource_arn=resource)["Tags"], {"course": "crud", "b": "2"})
    aws_refused("BadRequestException", "apigatewayv2 get-tags", resource_arn="nonsense")


@check("apigatewayv2 refuses by name what this cloud has not: UnknownOperationException")
def _():
    refused("UnknownOperationException", 404, apis.get_domain_names)
    refused("UnknownOperationException", 404, apis.get_vpc_links)
    refused("UnknownOperationException", 404, client("apigateway").get_rest_apis)
    sockets = {"Name": "x", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
    refused("UnknownOperationException", 400, apis.create_api, **sockets)
    options = {"api_id": api["id"], "output_type": "JSON", "specification": "OAS30"}
    said = aws_refused("UnknownOperationException", "apigatewayv2 export-api", "api.json", **options)
    assert "does not implement apigateway ExportApi" in said, said


@check("apigatewayv2 delete-integration in use: ConflictException; delete-route, delete-stage, delete-api")
def _():
    one = {"api_id": api["id"], "integration_id": api["integration"]}
    aws_refused("ConflictException", "apigatewayv2 delete-integration", **one)
    for route in apis.get_routes(ApiId=api["id"])["Items"]:
        aws("apigatewayv2 delete-route", api_id=api["id"], route_id=route["RouteId"])
    aws("apigatewayv2 delete-integration", **one)
    aws("apigatewayv2 delete-stage", api_id=api["id"], stage_name="$default")
    aws("apigatewayv2 delete-api", api_id=api["id"])
    aws_refused("NotFoundException", "apigatewayv2 delete-api", api_id=api["id"])


run()
