import { actionsOf } from './arns.ts';

/**
 * Services that a service's roles may use without a resource of their own, action by action: each costs or says something, none changes an account. A
 * role's policy must state the action; a team widens this list, no release does.
 */
export const allowedServices: readonly string[] = [
  ...actionsOf('bedrock', 'InvokeModel', 'InvokeModelWithResponseStream'),
  ...actionsOf('cloudwatch', 'PutMetricData'),
  ...actionsOf('comprehend', 'DetectDominantLanguage', 'DetectEntities', 'DetectKeyPhrases', 'DetectSentiment'),
  ...actionsOf('polly', 'DescribeVoices', 'SynthesizeSpeech'),
  ...actionsOf('rekognition', 'DetectLabels', 'DetectModerationLabels', 'DetectText'),
  ...actionsOf('ses', 'SendEmail', 'SendRawEmail'),
  ...actionsOf('textract', 'AnalyzeDocument', 'DetectDocumentText'),
  ...actionsOf('translate', 'TranslateText'),
  ...actionsOf('xray', 'GetSamplingRules', 'GetSamplingTargets', 'PutTelemetryRecords', 'PutTraceSegments'),
];

/** What AWS's own managed policies state that CDK attaches to the roles of functions, as far as it counts here. Others count as stating nothing. */
export const awsManagedPolicies: Readonly<Record<string, readonly string[]>> = {
  AWSLambdaBasicExecutionRole: actionsOf('logs', 'CreateLogGroup', 'CreateLogStream', 'PutLogEvents'),
  AWSLambdaSQSQueueExecutionRole: [
    ...actionsOf('sqs', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'),
    ...actionsOf('logs', 'CreateLogGroup', 'CreateLogStream', 'PutLogEvents'),
  ],
  AWSXRayDaemonWriteAccess: ['xray:*'],
};
