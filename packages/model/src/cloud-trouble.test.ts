import { describe, expect, it } from 'vitest';
import { cloudTrouble, cloudTroubleIn } from './cloud-trouble.ts';

const thrown = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('said by AWS'), { name, $metadata: { httpStatusCode } });

describe('what an account says that is no release’s fault', () => {
  it.each([
    ['cloud-throttled', 'Queue (AWS::SQS::Queue): Rate exceeded (Service: Sqs, Status Code: 400, Request ID: 1)'],
    ['cloud-throttled', 'Resource handler returned message: "…" (RequestToken: 1, HandlerErrorCode: Throttling)'],
    ['cloud-throttled', '(RequestToken: 1, HandlerErrorCode: ServiceInternalError)'],
    ['cloud-throttled', '(RequestToken: 1, HandlerErrorCode: InternalFailure)'],
    ['cloud-throttled', 'Service Unavailable (Service: AWSLambda; Status Code: 503)'],
    ['cloud-denied', 'User: arn:aws:sts::1:assumed-role/cfn is not authorized to perform: sqs:CreateQueue'],
    ['cloud-denied', '(RequestToken: 1, HandlerErrorCode: AccessDenied)'],
    ['cloud-denied', '(RequestToken: 1, HandlerErrorCode: ServiceLimitExceeded)'],
    ['cloud-denied', 'The security token included in the request is expired'],
  ])('%s: %s', (trouble, text) => expect(cloudTroubleIn(text)).toBe(trouble));

  it.each([
    'Queue (AWS::SQS::Queue): Properties validation failed for resource Queue',
    '(RequestToken: 1, HandlerErrorCode: InvalidRequest)',
    'Export Queue cannot be deleted as it is in use by other',
    'Template error: resource Queue does not support attribute type Nothing in Fn::GetAtt',
  ])('is not: %s', (text) => expect(cloudTroubleIn(text)).toBeNull());

  it('is read from the errors of the SDK, however deep, and never from texts, which may quote a release', () => {
    expect(cloudTrouble(new Error('late', { cause: thrown('ThrottlingException', 400) }))).toBe('cloud-throttled');
    expect(cloudTrouble(new Error('late', { cause: thrown('ServiceException', 503) }))).toBe('cloud-throttled');
    expect(cloudTrouble(new Error('no', { cause: thrown('ExpiredTokenException', 403) }))).toBe('cloud-denied');
    expect(cloudTrouble(new Error('no', { cause: thrown('ValidationError', 400) }))).toBeNull();
    expect(cloudTrouble(new Error('its log: ThrottlingException: Rate exceeded'))).toBeNull();
  });
});
