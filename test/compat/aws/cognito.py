"""Cognito user pools: pools, clients, users and groups by the aws command and boto3, and users who sign in without a key."""

import base64
import hashlib
import hmac
import json
import os
import re
import struct
import time
import urllib.request

from botocore import UNSIGNED
from botocore.config import Config
from pycognito.aws_srp import AWSSRP

from harness import ACCOUNT, REGION, aws, aws_refused, check, client, contains, equal, refused, run, walk

PASSWORD = "Correct-horse-1"
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
NOWHERE = f"{REGION}_None00000"
idp = client("cognito-idp")
anyone = client("cognito-idp", config=Config(signature_version=UNSIGNED))
made = {}


def get(path, **headers):
    with urllib.request.urlopen(urllib.request.Request(f"{ENDPOINT}{path}", headers=headers)) as answer:
        return json.load(answer)


def code_for(address):
    """The code of the newest mail to that address."""
    inbox = get("/_awsls/inbox", authorization=f"Bearer {os.environ['AWS_SECRET_ACCESS_KEY']}")
    return [mail["code"] for mail in inbox["mails"] if mail["to"] == address][-1]


def totp(secret, steps=0):
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def sign_in(name, password=PASSWORD):
    parameters = {"USERNAME": name, "PASSWORD": password}
    return anyone.initiate_auth(ClientId=made["client"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def srp(name, password=PASSWORD):
    """By pycognito, which has SRP of its own."""
    one = {"username": name, "password": password, "pool_id": made["pool"], "client_id": made["client"]}
    return AWSSRP(**one, client=anyone)


def join(name):
    anyone.sign_up(ClientId=made["client"], Username=name, Password=PASSWORD)
    anyone.confirm_sign_up(ClientId=made["client"], Username=name, ConfirmationCode=code_for(name))


@check("cognito-idp create-user-pool, describe-user-pool: AWS's defaults where nothing is given")
def _():
    options = {"pool_name": "compat-users", "username_attributes": ["email"], "auto_verified_attributes": ["email"]}
    one = {"user_pool_tags": {"course": "auth"}, "username_configuration": {"CaseSensitive": False}}
    pool = aws("cognito-idp create-user-pool", **options, **one)["UserPool"]
    made["pool"], made["arn"] = pool["Id"], pool["Arn"]
    assert re.fullmatch(REGION + "_[0-9A-Za-z]{9}", pool["Id"]), pool["Id"]
    equal(pool["Arn"], f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool['Id']}")
    equal(aws("cognito-idp describe-user-pool", user_pool_id=pool["Id"])["UserPool"], pool)
    wanted = {"MinimumLength": 8, "TemporaryPasswordValidityDays": 7}
    kinds = ["Uppercase", "Lowercase", "Numbers", "Symbols"]
    equal(pool["Policies"]["PasswordPolicy"], {**wanted, **{f"Require{kind}": True for kind in kinds}})
    contains(pool, {"MfaConfiguration": "OFF", "DeletionProtection": "INACTIVE", "EstimatedNumberOfUsers": 0})
    contains(pool, {"UsernameAttributes": ["email"], "UserPoolTags": {"course": "auth"}})


@check("cognito-idp create-user-pool refuses what AWS refuses: InvalidParameterException, 400")
def _():
    sms = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"
    for mfa in ["OPTIONAL", "ON"]:
        options = {"PoolName": "bad", "MfaConfiguration": mfa}
        equal(refused("InvalidParameterException", 400, idp.create_user_pool, **options), sms)
    for input_ in [
        {"PoolName": "a/b"},
        {"PoolName": "bad", "EmailVerificationMessage": "no code in here"},
        {"PoolName": "bad", "DeletionProtection": "MAYBE"},
    ]:
        refused("InvalidParameterException", 400, idp.create_user_pool, **input_)
    said = aws_refused("InvalidParameterException", "cognito-idp create-user-pool", pool_name="a/b")
    assert "'poolName' failed to satisfy constraint" in said, said
    for operation in [idp.describe_user_pool, idp.update_user_pool, idp.delete_user_pool, idp.list_users]:
        message = refused("ResourceNotFoundException", 400, operation, UserPoolId=NOWHERE)
        equal(message, f"User pool {NOWHERE} does not exist.")


@check("cognito-idp list-user-pools page by page: --max-items, --max-results, paginator")
def _():
    others = [aws("cognito-idp create-user-pool", pool_name=f"compat-{name}")["UserPool"]["Id"] for name in "ab"]
    pages = idp.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 2})
    listed = [[pool["Id"] for pool in page["UserPools"]] for page in pages]
    assert all(len(page) <= 2 for page in listed), listed
    ids = [each for page in listed for each in page]
    assert {made["pool"], *others} <= set(ids) and len(ids) == len(set(ids)), ids
    first = aws("cognito-idp list-user-pools", max_results="1", no_paginate=True)
    second = idp.list_user_pools(MaxResults=1, NextToken=first["NextToken"])
    equal([first["UserPools"][0]["Id"], second["UserPools"][0]["Id"]], ids[:2])
    assert "UserPoolTags" not in first["UserPools"][0], first
    for page in [{"MaxResults": 61}, {"MaxResults": 1, "NextToken": "nonsense"}]:
        refused("InvalidParameterException", 400, idp.list_user_pools, **page)
    for each in others:
        aws("cognito-idp delete-user-pool", user_pool_id=each)


@check("cognito-idp update-user-pool replaces; deletion protection keeps delete-user-pool off")
def _():
    one = {"user_pool_id": made["pool"]}
    policy = {"PasswordPolicy": {"MinimumLength": 10, "RequireNumbers": True}}
    aws("cognito-idp update-user-pool", **one, policies=policy, deletion_protection="ACTIVE")
    pool = aws("cognito-idp describe-user-pool", **one)["UserPool"]
    contains(pool, {"UserPoolTags": {}, "DeletionProtection": "ACTIVE", "UsernameAttributes": ["email"]})
    equal(pool["Policies"]["PasswordPolicy"]["RequireSymbols"], False)
    assert "AutoVerifiedAttributes" not in pool, pool
    said = aws_refused("InvalidParameterException", "cognito-idp delete-user-pool", **one)
    assert "deletion protection is activated" in said, said
    tags = {"course": "auth"}
    aws("cognito-idp update-user-pool", **one, auto_verified_attributes=["email"], user_pool_tags=tags)
    contains(idp.describe_user_pool(UserPoolId=made["pool"])["UserPool"], {"DeletionProtection": "INACTIVE"})


@check("cognito-idp tag-resource, list-tags-for-resource, untag-resource")
def _():
    one = {"resource_arn": made["arn"]}
    aws("cognito-idp tag-resource", **one, tags={"a": "1", "b": "2"})
    aws("cognito-idp untag-resource", **one, tag_keys=["a", "never"])
    equal(aws("cognito-idp list-tags-for-resource", **one)["Tags"], {"course": "auth", "b": "2"})
    tagged = {"ResourceArn": made["arn"], "Tags": {"aws:mine": "1"}}
    refused("InvalidParameterException", 400, idp.tag_resource, **tagged)
    nowhere = {"ResourceArn": made["arn"].replace(made["pool"], NOWHERE)}
    refused("ResourceNotFoundException", 400, idp.list_tags_for_resource, **nowhere)


@check("cognito-idp create-user-pool-client, describe, update (replaces), list, delete")
def _():
    one = {"user_pool_id": made["pool"]}
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    options = {"client_name": "compat", "explicit_auth_flows": flows, "prevent_user_existence_errors": "ENABLED"}
    made_client = aws("cognito-idp create-user-pool-client", **one, **options)["UserPoolClient"]
    made["client"] = made_client["ClientId"]
    contains(made_client, {"RefreshTokenValidity": 30, "EnableTokenRevocation": True, "AuthSessionValidity": 3})
    assert "ClientSecret" not in made_client, made_client
    shown = aws("cognito-idp describe-user-pool-client", **one, client_id=made["client"])["UserPoolClient"]
    equal(shown, made_client)
    other = aws("cognito-idp create-user-pool-client", **one, client_name="other")["UserPoolClient"]["ClientId"]
    ids = [each["ClientId"] for each in walk("cognito-idp list-user-pool-clients", "UserPoolClients", **one)]
    equal(sorted(ids), sorted([made["client"], other]))
    minutes = {"access_token_validity": "10", "token_validity_units": {"AccessToken": "minutes"}}
    aws("cognito-idp update-user-pool-client", **one, client_id=other, **minutes)
    aws("cognito-idp update-user-pool-client", **one, client_id=other, refresh_token_validity="7")
    replaced = idp.describe_user_pool_client(UserPoolId=made["pool"], ClientId=other)["UserPoolClient"]
    contains(replaced, {"RefreshTokenValidity": 7, "AccessTokenValidity": None, "ClientName": "other"})
    aws("cognito-idp delete-user-pool-client", **one, client_id=other)
    said = aws_refused("ResourceNotFoundException", "cognito-idp delete-user-pool-client", **one, client_id=other)
    assert f"User pool client {other} does not exist." in said, said
    bad = {"UserPoolId": made["pool"], "ClientName": "bad"}
    refused("InvalidParameterException", 400, idp.create_user_pool_client, **bad, AccessTokenValidity=25)
    refused("UnknownOperationException", 400, idp.create_user_pool_client, **bad, GenerateSecret=True)


@check("cognito-idp sign-up, confirm-sign-up, resend-confirmation-code, without a key")
def _():
    one = {"client_id": made["client"], "username": "ann@example.com"}
    answer = aws("cognito-idp sign-up", **one, password=PASSWORD, no_sign_request=True)
    contains(answer, {"UserConfirmed": False})
    equal(answer["CodeDeliveryDetails"]["Destination"], "a***@e***")
    weak = {"ClientId": made["client"], "Username": "bob@example.com", "Password": "weak"}
    message = refused("InvalidPasswordException", 400, anyone.sign_up, **weak)
    equal(message, "Password did not conform with policy: Password not long enough")
    again = {**weak, "Username": "Ann@example.com", "Password": PASSWORD}
    refused("UsernameExistsException", 400, anyone.sign_up, **again)
    aws("cognito-idp resend-confirmation-code", **one)
    aws_refused("CodeMismatchException", "cognito-idp confirm-sign-up", **one, confirmation_code="none")
    refused("UserNotConfirmedException", 400, lambda: sign_in("ann@example.com"))
    aws("cognito-idp confirm-sign-up", **one, confirmation_code=code_for("ann@example.com"))
    unknown = {"ClientId": made["client"], "Username": "nobody@example.com", "ConfirmationCode": "1"}
    refused("ExpiredCodeException", 400, anyone.confirm_sign_up, **unknown)


@check("cognito-idp initiate-auth with a password, and a refresh token; wrong ones and nobody look the same")
def _():
    parameters = {"USERNAME": "ann@example.com", "PASSWORD": PASSWORD}
    one = {"client_id": made["client"], "auth_flow": "USER_PASSWORD_AUTH"}
    tokens = aws("cognito-idp initiate-auth", **one, auth_parameters=parameters)["AuthenticationResult"]
    contains(tokens, {"ExpiresIn": 3600, "TokenType": "Bearer"})
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{made['pool']}"
    contains(claims_of(tokens["IdToken"]), {"iss": issuer, "aud": made["client"], "email": "ann@example.com"})
    contains(claims_of(tokens["AccessToken"]), {"iss": issuer, "client_id": made["client"], "token_use": "access"})
    for name, password in [("ann@example.com", "Wrong-horse-1"), ("nobody@example.com", PASSWORD)]:
        message = refused("NotAuthorizedException", 400, lambda n=name, p=password: sign_in(n, p))
        equal(message, "Incorrect username or password.")
    refresh = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    again = aws("cognito-idp initiate-auth", client_id=made["client"], auth_flow="REFRESH_TOKEN_AUTH", auth_parameters=refresh)
    assert "RefreshToken" not in again["AuthenticationResult"], again
    custom = {"ClientId": made["client"], "AuthFlow": "CUSTOM_AUTH", "AuthParameters": parameters}
    refused("InvalidParameterException", 400, anyone.initiate_auth, **custom)


@check("pycognito signs in with SRP, not with another password, nor as nobody")
def _():
    tokens = srp("ann@example.com").authenticate_user()["AuthenticationResult"]
    user = anyone.get_user(AccessToken=tokens["AccessToken"])
    equal(user["Username"], claims_of(tokens["AccessToken"])["username"])
    for name, password in [("ann@example.com", "Wrong-horse-1"), ("nobody@example.com", PASSWORD)]:
        refused("NotAuthorizedException", 400, srp(name, password).authenticate_user)


@check("/.well-known/jwks.json and openid-configuration, with AWS's issuer")
def _():
    kid = json.loads(base64.urlsafe_b64decode(sign_in("ann@example.com")["AuthenticationResult"]["IdToken"].split(".")[0] + "=="))["kid"]
    keys = get(f"/{made['pool']}/.well-known/jwks.json")["keys"]
    assert kid in [key["kid"] for key in keys], (kid, keys)
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{made['pool']}"
    contains(get(f"/{made['pool']}/.well-known/openid-configuration"), {"issuer": issuer})


@check("cognito-idp admin-create-user, an invitation, a new password, admin-set-user-password")
def _():
    one = {"user_pool_id": made["pool"], "username": "ida@example.com"}
    verified = [{"Name": "email_verified", "Value": "true"}]
    user = aws("cognito-idp admin-create-user", **one, user_attributes=verified)["User"]
    contains(user, {"UserStatus": "FORCE_CHANGE_PASSWORD", "Enabled": True})
    challenge = sign_in("ida@example.com", code_for("ida@example.com"))
    equal(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED")
    answer = {"USERNAME": user["Username"], "NEW_PASSWORD": PASSWORD}
    response = {"client_id": made["client"], "challenge_name": "NEW_PASSWORD_REQUIRED", "session": challenge["Session"]}
    signed_in = aws("cognito-idp respond-to-auth-challenge", **response, challenge_responses=answer)
    assert "AccessToken" in signed_in["AuthenticationResult"], signed_in
    contains(aws("cognito-idp admin-get-user", **one), {"UserStatus": "CONFIRMED"})
    said = aws_refused("InvalidPasswordException", "cognito-idp admin-set-user-password", **one, password="weak")
    assert "Password did not conform with password policy: Password not long enough" in said, said
    aws("cognito-idp admin-set-user-password", **one, password="Another-horse-1", permanent=True)
    sign_in("ida@example.com", "Another-horse-1")
    aws_refused("UsernameExistsException", "cognito-idp admin-create-user", **one)


@check("cognito-idp list-users by filter, page by page: --max-items, --limit, paginator")
def _():
    names = [f"page-{number}@example.com" for number in range(4)]
    for name in names:
        idp.admin_create_user(UserPoolId=made["pool"], Username=name, MessageAction="SUPPRESS")
    one = {"user_pool_id": made["pool"], "filter": 'email ^= "page-"'}

    def emails(users):
        return sorted(attribute["Value"] for user in users for attribute in user["Attributes"] if attribute["Name"] == "email")

    equal(emails(aws("cognito-idp list-users", **one)["Users"]), names)
    equal(emails(walk("cognito-idp list-users", "Users", size=3, **one)), names)
    pages = idp.get_paginator("list_users").paginate(UserPoolId=made["pool"], Filter=one["filter"], PaginationConfig={"PageSize": 3})
    equal([len(page["Users"]) for page in pages], [3, 1])
    for filter_, count in [('email = "Page-1@example.com"', 1), ('cognito:user_status = "Confirmed"', 2), ('status = "Disabled"', 0)]:
        equal(len(idp.list_users(UserPoolId=made["pool"], Filter=filter_)["Users"]), count)
    for filter_, message in [("email", "Error while parsing filter"), ('custom:x = "1"', "Invalid search attribute: custom:x")]:
        equal(refused("InvalidParameterException", 400, idp.list_users, UserPoolId=made["pool"], Filter=filter_), message)
    refused("InvalidParameterException", 400, idp.list_users, UserPoolId=made["pool"], Limit=61)
    for name in names:
        aws("cognito-idp admin-delete-user", user_pool_id=made["pool"], username=name)
    gone = {"UserPoolId": made["pool"], "Username": names[0]}
    equal(refused("UserNotFoundException", 400, idp.admin_get_user, **gone), "User does not exist.")


@check("cognito-idp create-group, admin-add-user-to-group: in the tokens issued afterwards; list, remove, delete")
def _():
    group = {"user_pool_id": made["pool"], "group_name": "admins"}
    member = {**group, "username": "ann@example.com"}
    before = claims_of(sign_in("ann@example.com")["AuthenticationResult"]["AccessToken"])
    assert "cognito:groups" not in before, before
    contains(aws("cognito-idp create-group", **group, precedence="1")["Group"], {"GroupName": "admins", "Precedence": 1})
    aws_refused("GroupExistsException", "cognito-idp create-group", **group)
    for _again in range(2):
        equal(aws("cognito-idp admin-add-user-to-group", **member), None)
    tokens = sign_in("ann@example.com")["AuthenticationResult"]
    for token in ["IdToken", "AccessToken"]:
        equal(claims_of(tokens[token])["cognito:groups"], ["admins"])
    equal(len(walk("cognito-idp list-users-in-group", "Users", **group)), 1)
    listed = {"user_pool_id": made["pool"], "username": "ann@example.com"}
    equal([each["GroupName"] for each in walk("cognito-idp admin-list-groups-for-user", "Groups", **listed)], ["admins"])
    equal([each["GroupName"] for each in walk("cognito-idp list-groups", "Groups", user_pool_id=made["pool"])], ["admins"])
    aws("cognito-idp update-group", **group, description="who may delete")
    contains(aws("cognito-idp get-group", **group)["Group"], {"Description": "who may delete", "Precedence": 1})
    aws("cognito-idp admin-remove-user-from-group", **member)
    equal(aws("cognito-idp list-users-in-group", **group)["Users"], [])
    aws("cognito-idp delete-group", **group)
    said = aws_refused("ResourceNotFoundException", "cognito-idp admin-add-user-to-group", **member)
    assert "Group not found." in said, said


@check("cognito-idp get-user, update-user-attributes, change-password, without a key")
def _():
    token = sign_in("ann@example.com")["AuthenticationResult"]["AccessToken"]
    aws("cognito-idp update-user-attributes", access_token=token, user_attributes=[{"Name": "name", "Value": "Ann"}])
    shown = aws("cognito-idp get-user", access_token=token)["UserAttributes"]
    contains({each["Name"]: each["Value"] for each in shown}, {"name": "Ann", "email_verified": "true"})
    changed = {"access_token": token, "previous_password": PASSWORD, "proposed_password": "Another-horse-1"}
    aws("cognito-idp change-password", **changed)
    refused("NotAuthorizedException", 400, lambda: sign_in("ann@example.com"))
    sign_in("ann@example.com", "Another-horse-1")
    verified = [{"Name": "email_verified", "Value": "true"}]
    refused("NotAuthorizedException", 400, anyone.update_user_attributes, AccessToken=token, UserAttributes=verified)
    said = aws_refused("NotAuthorizedException", "cognito-idp get-user", access_token="nonsense")
    assert "Invalid Access Token" in said, said


@check("cognito-idp forgot-password, confirm-forgot-password")
def _():
    one = {"client_id": made["client"], "username": "ann@example.com"}
    equal(aws("cognito-idp forgot-password", **one)["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL")
    reset = {"ClientId": made["client"], "Username": "ann@example.com", "Password": PASSWORD}
    refused("CodeMismatchException", 400, anyone.confirm_forgot_password, **reset, ConfirmationCode="none")
    aws("cognito-idp confirm-forgot-password", **one, password=PASSWORD, confirmation_code=code_for("ann@example.com"))
    sign_in("ann@example.com")
    refused("ExpiredCodeException", 400, anyone.confirm_forgot_password, **reset, ConfirmationCode="123456")
    nobody = {"ClientId": made["client"], "Username": "nobody@example.com"}
    equal(anyone.forgot_password(**nobody)["CodeDeliveryDetails"]["Destination"], "n***@e***")
    refused("CodeMismatchException", 400, anyone.confirm_forgot_password, **{**reset, **nobody}, ConfirmationCode="1")


@check("cognito-idp set-user-pool-mfa-config, an authenticator app, and its code at sign-in, once")
def _():
    one = {"user_pool_id": made["pool"]}
    app = {"software_token_mfa_configuration": {"Enabled": True}}
    aws("cognito-idp set-user-pool-mfa-config", **one, **app, mfa_configuration="OPTIONAL")
    config = {"SoftwareTokenMfaConfiguration": {"Enabled": True}, "MfaConfiguration": "OPTIONAL"}
    equal(aws("cognito-idp get-user-pool-mfa-config", **one), config)
    token = sign_in("ann@example.com")["AuthenticationResult"]["AccessToken"]
    secret = aws("cognito-idp associate-software-token", access_token=token)["SecretCode"]
    wrong = {"AccessToken": token, "UserCode": totp(secret, 50)}
    message = refused("EnableSoftwareTokenMFAException", 400, anyone.verify_software_token, **wrong)
    equal(message, "Code mismatch and fail enable Software Token MFA")
    verified = aws("cognito-idp verify-software-token", access_token=token, user_code=totp(secret, -1))
    equal(verified["Status"], "SUCCESS")
    on = {"Enabled": True, "PreferredMfa": True}
    aws("cognito-idp set-user-mfa-preference", access_token=token, software_token_mfa_settings=on)
    challenge = srp("ann@example.com")
    answer = anyone.initiate_auth(
        ClientId=made["client"], AuthFlow="USER_SRP_AUTH", AuthParameters=challenge.get_auth_params()
    )
    proof = challenge.process_challenge(answer["ChallengeParameters"], challenge.get_auth_params())
    asked = anyone.respond_to_auth_challenge(
        ClientId=made["client"], ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=proof
    )
    equal(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA")
    responses = {"USERNAME": asked["ChallengeParameters"]["USER_ID_FOR_SRP"], "SOFTWARE_TOKEN_MFA_CODE": totp(secret)}
    given = {"ClientId": made["client"], "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": asked["Session"]}
    wrong = {**responses, "SOFTWARE_TOKEN_MFA_CODE": totp(secret, 50)}
    refused("CodeMismatchException", 400, anyone.respond_to_auth_challenge, **given, ChallengeResponses=wrong)
    signed_in = anyone.respond_to_auth_challenge(**given, ChallengeResponses=responses)
    assert "AccessToken" in signed_in["AuthenticationResult"], signed_in
    given["Session"] = sign_in("ann@example.com")["Session"]
    message = refused("ExpiredCodeException", 400, anyone.respond_to_auth_challenge, **given, ChallengeResponses=responses)
    equal(message, "Your software token has already been used once.")


@check("cognito-idp global-sign-out, revoke-token, admin-disable-user: what was issued is no longer taken")
def _():
    join("out@example.com")
    first, second = (sign_in("out@example.com")["AuthenticationResult"] for _ in range(2))
    aws("cognito-idp revoke-token", client_id=made["client"], token=first["RefreshToken"])
    said = aws_refused("NotAuthorizedException", "cognito-idp get-user", access_token=first["AccessToken"])
    assert "Access Token has been revoked" in said, said
    aws("cognito-idp get-user", access_token=second["AccessToken"])
    aws("cognito-idp global-sign-out", access_token=second["AccessToken"])
    refresh = {"ClientId": made["client"], "AuthFlow": "REFRESH_TOKEN_AUTH"}
    for tokens in [first, second]:
        parameters = {"REFRESH_TOKEN": tokens["RefreshToken"]}
        message = refused("NotAuthorizedException", 400, anyone.initiate_auth, **refresh, AuthParameters=parameters)
        equal(message, "Refresh Token has been revoked")
    aws("cognito-idp admin-disable-user", user_pool_id=made["pool"], username="out@example.com")
    equal(refused("NotAuthorizedException", 400, lambda: sign_in("out@example.com")), "User is disabled.")


@check("cognito-idp: operations of administrators need a key; what this cloud has not is named")
def _():
    refused("MissingAuthenticationTokenException", 400, anyone.list_users, UserPoolId=made["pool"])
    refused("UnknownOperationException", 400, idp.list_identity_providers, UserPoolId=made["pool"])
    said = aws_refused(
        "UnknownOperationException", "cognito-idp create-user-pool-domain", user_pool_id=made["pool"], domain="compat"
    )
    assert "The local cloud does not implement cognito-idp CreateUserPoolDomain" in said, said


@check("cognito-idp delete-user-pool takes clients, users and mails along")
def _():
    aws("cognito-idp delete-user-pool", user_pool_id=made["pool"])
    aws_refused("ResourceNotFoundException", "cognito-idp describe-user-pool", user_pool_id=made["pool"])
    message = refused("ResourceNotFoundException", 400, lambda: sign_in("ann@example.com"))
    equal(message, f"User pool client {made['client']} does not exist.")
    inbox = get("/_awsls/inbox", authorization=f"Bearer {os.environ['AWS_SECRET_ACCESS_KEY']}")
    equal([mail for mail in inbox["mails"] if mail["userPoolId"] == made["pool"]], [])


run()
