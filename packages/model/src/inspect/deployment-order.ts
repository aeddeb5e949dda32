import type { App } from './app.ts';
import type { Assembly, AssemblyStack } from './assembly.ts';

/** The stacks of an app, those first from which others import; else as the assembly has them. */
export function inDeploymentOrder({ stacks }: Assembly, app: App): readonly AssemblyStack[] {
  const stackOf = new Map(app.nodes.map(({ key, stack }) => [key, stack]));
  const neededBy = (stack: AssemblyStack) =>
    new Set(
      app.nodes
        .filter((node) => node.stack === stack)
        .flatMap(({ names }) => [...names].flatMap((key) => stackOf.get(key) ?? [])),
    );
  const placed = new Set<AssemblyStack>();
  const seen = new Set<AssemblyStack>();
  const place = (stack: AssemblyStack): void => {
    if (seen.has(stack)) return;
    seen.add(stack);
    const needed = neededBy(stack);
    stacks.filter((one) => needed.has(one)).forEach(place);
    placed.add(stack);
  };
  stacks.forEach(place);
  return [...placed];
}
