import { stackOutputs, type Target } from '@soundbite/model';
import { missingOutput as missing, outputOf } from '../outputs.ts';

/** A function behind the `live` alias that answers requests: all that reach one HTTP API. */
export interface HttpComponent {
  readonly kind: 'http';
  /** As people call it. */
  readonly name: string;
  readonly functionName: string;
  readonly apiId: string;
}

/** A function behind the `live` alias that takes messages, which one mapping brings from one queue. */
export interface QueueComponent {
  readonly kind: 'queue';
  readonly name: string;
  readonly functionName: string;
  readonly mappingId: string;
  readonly queueUrl: string;
}

export type Component = HttpComponent | QueueComponent;

/**
 * What an environment's stack has, by its outputs, in the order in which traffic moves forward: what takes messages before what sends them. Each kind is there once
 * or not at all. Errors: `output-missing`, if the stack has neither or one of them without what calls it.
 */
export function componentsOf(target: Target): readonly Component[] {
  const has = (output: string) => Boolean(target.outputs[output]);
  const components: Component[] = [];
  if (has(stackOutputs.workerFunction))
    components.push({
      kind: 'queue',
      name: 'worker',
      functionName: outputOf(target, stackOutputs.workerFunction),
      mappingId: outputOf(target, stackOutputs.workerMappingId),
      queueUrl: outputOf(target, stackOutputs.queueUrl),
    });
  if (has(stackOutputs.apiFunction))
    components.push({
      kind: 'http',
      name: 'api',
      functionName: outputOf(target, stackOutputs.apiFunction),
      apiId: outputOf(target, stackOutputs.apiId),
    });
  if (components.length > 0) return components;
  throw missing(target, `${stackOutputs.apiFunction} or ${stackOutputs.workerFunction}`);
}

/** The component of a kind. Error: `output-missing`. */
export function componentOf<Kind extends Component['kind']>(
  target: Target,
  kind: Kind,
): Extract<Component, { kind: Kind }> {
  const found = componentsOf(target).find((one): one is Extract<Component, { kind: Kind }> => one.kind === kind);
  if (found) return found;
  throw missing(target, kind === 'http' ? stackOutputs.apiFunction : stackOutputs.workerFunction);
}

/** The component that users reach; null: nothing here speaks HTTP. */
export const httpComponent = (target: Target): HttpComponent | null =>
  componentsOf(target).find((component) => component.kind === 'http') ?? null;

/** Those fed by a queue. */
export const queueComponents = (components: readonly Component[]): readonly QueueComponent[] =>
  components.filter((component) => component.kind === 'queue');
