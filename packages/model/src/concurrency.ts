import { asRecord, type Json, readTemplate } from './template.ts';

/** A stack's need of its account's concurrency: functions that run at once. */
export interface ConcurrencyNeed {
  /** Jobs at once, as the worker's queue mapping declares them. */
  readonly worker: number;
  /** For the requests a second that the API's stage lets in. */
  readonly api: number;
}

/** Lambda gives each unit of concurrency at most ten requests a second, however short they are (its documented scaling limit). */
const requestsEach = 10;

/** The concurrency that a template declares; 0 where it declares none. */
export function concurrencyNeed(template: unknown): ConcurrencyNeed {
  const resources = [...readTemplate(template).resources.values()];
  const sum = (type: string, of: (properties: Json) => unknown) =>
    resources
      .filter((resource) => resource.type === type)
      .map(({ properties }) => Number(of(properties) ?? 0))
      .reduce((total, value) => total + value, 0);
  const rate = sum('AWS::ApiGatewayV2::Stage', (stage) => asRecord(stage.DefaultRouteSettings).ThrottlingRateLimit);
  return {
    worker: sum('AWS::Lambda::EventSourceMapping', (mapping) => asRecord(mapping.ScalingConfig).MaximumConcurrency),
    api: Math.ceil(rate / requestsEach),
  };
}

/** Whether an account carries what a stack declares; `hint` is the next command where it does not. */
export interface Capacity {
  readonly ok: boolean;
  readonly detail: string;
  readonly hint?: string;
}

/** Service Quotas' code of Lambda's "Concurrent executions". */
const quotaCode = 'L-B99A9384';
/** AWS's own default of accounts that are not new: less is not worth asking for. */
const usualConcurrency = 1000;

/** Holds a need against what the account leaves to functions that reserve nothing. */
export function concurrencyCapacity(need: ConcurrencyNeed, unreserved: number, region: string): Capacity {
  const total = need.worker + need.api;
  const parts = `${need.worker} for jobs and ${need.api} for requests`;
  if (unreserved >= total)
    return { ok: true, detail: `unreserved concurrency ${unreserved} of Lambda suffices for ${total} (${parts})` };
  return {
    ok: false,
    detail: `unreserved concurrency ${unreserved} of Lambda is less than the ${total} that the stack declares (${parts})`,
    hint: `soundbite aws <environment> service-quotas request-service-quota-increase --service-code lambda --quota-code ${quotaCode} --desired-value ${Math.max(usualConcurrency, total)} --region ${region}, or declare a lower service.limits.requestsPerSecond`,
  };
}
