import { describe, expect, it } from 'vitest';
import { concurrencyCapacity, concurrencyNeed } from './concurrency.ts';

const template = (rate: number, jobs: number) => ({
  Resources: {
    HttpStage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { DefaultRouteSettings: { ThrottlingRateLimit: rate, ThrottlingBurstLimit: 2 * rate } },
    },
    WorkerMapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { ScalingConfig: { MaximumConcurrency: jobs } },
    },
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
  },
});

describe('what a stack asks of its account’s concurrency', () => {
  it('is its jobs at once, and a tenth of its requests a second', () => {
    expect(concurrencyNeed(template(50, 5))).toEqual({ worker: 5, api: 5 });
    expect(concurrencyNeed(template(201, 2))).toEqual({ worker: 2, api: 21 });
  });

  it('is nothing where nothing of it is declared', () => {
    expect(concurrencyNeed({ Resources: {} })).toEqual({ worker: 0, api: 0 });
    expect(concurrencyNeed({ Resources: { M: { Type: 'AWS::Lambda::EventSourceMapping' } } }).worker).toBe(0);
  });

  it('is held against what the account leaves, exactly', () => {
    const need = { worker: 5, api: 20 };
    expect(concurrencyCapacity(need, 25, 'eu-central-1')).toEqual({
      ok: true,
      detail: 'unreserved concurrency 25 of Lambda suffices for 25 (5 for jobs and 20 for requests)',
    });
    expect(concurrencyCapacity(need, 24, 'eu-central-1')).toEqual({
      ok: false,
      detail:
        'unreserved concurrency 24 of Lambda is less than the 25 that the stack declares (5 for jobs and 20 for requests)',
      hint: 'soundbite aws <environment> service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region eu-central-1, or declare a lower service.limits.requestsPerSecond',
    });
  });
});
