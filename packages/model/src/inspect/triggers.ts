import { textOf } from '../template.ts';
import { type App, type Handle, handlesOf, itself, type Node, whereOf } from './app.ts';
import type { InspectedTrigger } from './inspection.ts';
import { refusalOf, type TriggerKey, type TriggerVerdict, triggerKindOf, triggerKinds } from './trigger-kinds.ts';

/** What names a function without calling it: what qualifies, permits, logs, alarms, scales or deploys it. */
const callsNobody =
  /^AWS::(?:Lambda::(?:Permission|Version|Alias|EventInvokeConfig|LayerVersion.*)|IAM::.*|KMS::.*|Logs::LogGroup|CloudWatch::.*|ApplicationAutoScaling::.*|CodeDeploy::.*)$/;

/** A resource that calls a function. */
export interface Caller {
  readonly node: Node;
  readonly kind: TriggerKey;
  /** By which name it calls. */
  readonly by: Handle;
}

/** Every resource in the app that calls a function, in the order of the templates. */
export const callersOf = (app: App, lambda: Node): readonly Caller[] => {
  const handles = handlesOf(app, lambda);
  return app.nodes.flatMap((node): Caller[] => {
    if (node === lambda || callsNobody.test(node.resource.type)) return [];
    const by = called(handles, node);
    return by ? [{ node, kind: kindOf(app, node), by }] : [];
  });
};

/** What calls a function; methods or routes of one API count once. */
export function triggersOf(app: App, lambda: Node): readonly InspectedTrigger[] {
  const found = new Map<string, InspectedTrigger>();
  for (const caller of callersOf(app, lambda)) {
    const { node } = caller;
    const trigger = triggerOf(caller);
    const api = textOf(node.resource.properties.RestApiId ?? node.resource.properties.ApiId ?? node.key);
    const one = [node.stack.name, trigger.kind, trigger.calls, api].join(' ');
    if (!found.has(one)) found.set(one, trigger);
  }
  return [...found.values()];
}

/** An alias or a version counts for more: who calls one may name the function beside. */
const called = (handles: readonly Handle[], { names }: Node): Handle | undefined =>
  handles.findLast(({ node }) => names.has(node.key));

function kindOf(app: App, node: Node): TriggerKey {
  const sources = app.of(node, node.resource.properties.EventSourceArn).map((source) => source.resource.type);
  return triggerKindOf(node.resource, sources);
}

function triggerOf(caller: Caller): InspectedTrigger {
  const { node, kind, by } = caller;
  const { resource, place } = node;
  return { kind, path: place.path, id: resource.id, calls: by.label, ...verdictOn(caller), where: whereOf(node) };
}

/** What becomes of a caller, and why. What names an alias or a version follows that: there is nothing to move. */
export function verdictOn({ node, kind, by }: Caller): {
  readonly verdict: TriggerVerdict;
  readonly reason: string;
} {
  const refusal = refusalOf(node.resource);
  if (refusal !== null) return { verdict: 'refused', reason: refusal };
  if (by.label !== itself && kind !== 'edge')
    return { verdict: 'stays', reason: `calls ${by.label} already, and follows it` };
  const { verdict, reason } = triggerKinds[kind];
  return { verdict, reason };
}
