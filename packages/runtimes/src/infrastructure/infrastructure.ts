import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { Environment, Infrastructure } from '@soundbite/model';
import { passFence, readFence } from '../aws/fence.ts';
import { adoptStacks } from './adopt.ts';
import { allowed, bootstrap } from './bootstrap.ts';
import { deployStacks, recoverEnvironment } from './changes.ts';
import { destroy } from './destroy.ts';
import { withDynamo } from './fence.ts';
import { handBackStacks } from './hand-back.ts';
import { liveStacks } from './live.ts';
import { prepared } from './prepared.ts';
import { recreationRules } from './specification/specification.ts';
import { presenceOf, stateOf } from './state.ts';
import { rememberedTemplates } from './templates.ts';

/** Something happened to a resource of an environment's stack. */
export interface InfrastructureEvent {
  readonly type: 'infrastructure.progress';
  readonly environment: string;
  /** Logical id. */
  readonly resource: string;
  /** CloudFormation's type, e.g. AWS::Lambda::Function. */
  readonly kind: string;
  readonly status: string;
  readonly reason: string | null;
}

export interface InfrastructureOptions {
  readonly emit?: (event: InfrastructureEvent) => void;
}

/**
 * CloudFormation's side of every environment: stacks from the assembly of a release, each brought up to date by one change set, which the deployer
 * that its cloud declares makes and executes. All else is the same for every deployer.
 */
export function infrastructure({ emit = () => {} }: InfrastructureOptions = {}): Infrastructure {
  const templates = rememberedTemplates();
  const allowedNow = prepared((environment, cloud) => allowed(environment, cloud, templates));
  const tellOf = (environment: Environment) => (event: StackEvent) => emit(told(environment, event));
  return {
    state: (environment, cloud) => stateOf(templates, environment, cloud),
    presence: (environment, cloud, sought) => presenceOf(templates, environment, cloud, sought),
    recover: (environment, cloud, directory, release, fence, skip = []) =>
      recoverEnvironment({ environment, cloud, directory, release, fence, tell: tellOf(environment) }, skip),
    deploy: (environment, cloud, directory, release, fence, allowed = []) =>
      deployStacks(templates, { environment, cloud, directory, release, fence, allowed, tell: tellOf(environment) }),
    live: liveStacks,
    handBack: handBackStacks,
    adopt: (environment, cloud, directory, release, fence, allowed = []) =>
      adoptStacks(templates, { environment, cloud, directory, release, fence, allowed, tell: tellOf(environment) }),
    recreation: recreationRules,
    bootstrap,
    allowed: allowedNow,
    isBootstrapped: async (environment, cloud) => (await allowedNow(environment, cloud)) !== null,
    destroy,
    holder: (environment, cloud) => withDynamo(cloud, (dynamo) => readFence(dynamo, environment)),
    pass: (environment, cloud, seen, next) => withDynamo(cloud, (dynamo) => passFence(dynamo, environment, seen, next)),
  };
}

const told = (environment: Environment, event: StackEvent): InfrastructureEvent => ({
  type: 'infrastructure.progress',
  environment: environment.name,
  resource: event.LogicalResourceId ?? '',
  kind: event.ResourceType ?? '',
  status: event.ResourceStatus ?? '',
  reason: event.ResourceStatusReason ?? null,
});
