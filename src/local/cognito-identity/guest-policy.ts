// What a guest may do at most, whatever the role says: AWS adds a session policy to a guest's credentials.
// https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html#access-policies

const WHOLE = [
  "appsync",
  "cloudwatch",
  "cognito-identity",
  "cognito-sync",
  "comprehend",
  "dynamodb",
  "firehose",
  "gamelift",
  "geo",
  "iot",
  "kinesis",
  "lambda",
  "lex",
  "machinelearning",
  "mobileanalytics",
  "mobiletargeting",
  "polly",
  "rekognition",
  "s3",
  "sdb",
  "ses",
  "sns",
  "sqs",
  "transcribe",
  "translate",
];
const PARTS = [
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey*",
  "kms:ReEncrypt*",
  "sagemaker:InvokeEndpoint",
  "sumerian:View*",
  "textract:AnalyzeDocument",
  "textract:DetectDocumentText",
];

export const GUEST_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: [...WHOLE.map((service) => `${service}:*`), ...PARTS], Resource: "*" }],
});
