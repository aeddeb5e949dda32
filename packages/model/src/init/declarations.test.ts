import { describe, expect, it } from 'vitest';
import { parseDeclaration } from '../declaration/parse.ts';
import type { InspectedFunction, Inspection } from '../inspect/inspection.ts';
import { parseService } from '../service-declaration/parse.ts';
import { firstDeclarations } from './declarations.ts';

const where = { file: 't.json', line: 1, source: null };
function inspected(path: string, kind: 'http-api' | 'sqs' | 'function-url' | null): InspectedFunction {
  const verdict = kind === 'function-url' ? 'refused' : 'moves';
  const trigger = {
    kind: kind ?? 'sqs',
    path: `${path}/Trigger`,
    id: 'T',
    calls: 'the function',
    verdict,
    reason: 'no',
    where,
  } as const;
  return {
    ...{ stack: 'Orders', path, id: path.replaceAll('/', ''), runtime: 'python3.12', package: 'zip' },
    triggers: kind ? [trigger] : [],
    promotable: verdict === 'moves',
    prevents: [],
    notes: [],
    where,
  };
}
const inspectionOf = (...functions: InspectedFunction[]): Inspection => ({
  ...{ format: 'soundbite.inspection/1', stacks: [], helpers: [], replaced: [], problems: [] },
  functions,
});
const repository = { name: '@acme/Orders', app: ['npx', 'tsx', 'infra/app.ts'], inputs: ['infra', 'no: "yes"'] };

function made(inspection: Inspection, of = repository) {
  const { service, environments, left } = firstDeclarations(inspection, of);
  const texts: Readonly<Record<string, string>> = { 'environments.yaml': environments, 'service.yaml': service };
  const parsed = parseService({ file: 'service.yaml', text: service });
  const declared = parseDeclaration((file) => texts[file]);
  if (!parsed.ok || !declared.ok) throw new Error(JSON.stringify([parsed, declared]));
  return { service: parsed.service, environments: declared.declaration.environments, left };
}

describe('the first declarations of an app', () => {
  it('list its stacks where there are several', () => {
    const stack = (name: string) => ({ name, file: 't.json', account: null, region: null, resources: 1 });
    const of = inspectionOf(inspected('Orders/Api', 'http-api'));
    expect(made({ ...of, stacks: [stack('Data')] }).service).not.toHaveProperty('stacks');
    const { service } = made({ ...of, stacks: [stack('Data'), stack('Stage/Orders')] });
    expect(service.stacks).toEqual(['Data', 'Stage/Orders']);
  });

  it('are what both readers take: its functions, those that users reach last, and two environments', () => {
    const { service, environments, left } = made(
      inspectionOf(inspected('Orders/Api', 'http-api'), inspected('Orders/OrderWorker', 'sqs')),
    );
    expect(service).toMatchObject({
      ...repository,
      name: 'acme-orders',
      components: [
        { name: 'order-worker', function: 'Orders/OrderWorker' },
        { name: 'api', function: 'Orders/Api' },
      ],
    });
    expect(environments.map(({ name, runtime }) => [name, runtime])).toEqual([
      ['dev', 'aws'],
      ['production', 'aws'],
    ]);
    expect(left).toEqual([]);
  });

  it('leave out what cannot be promoted, and say why', () => {
    const { service, left } = made(
      inspectionOf(inspected('Orders/Web', 'function-url'), inspected('Orders/Job', null)),
    );
    expect(service.components.map(({ name }) => name)).toEqual(['job']);
    expect(left).toEqual([{ path: 'Orders/Web', why: ['Orders/Web/Trigger no'] }]);
  });

  it.each(['123', '@@@', 'Ä', 'x'.repeat(80), '-a-', 'a'])(
    'have names that can be, whatever others are (%s)',
    (name) => {
      const both = inspectionOf(inspected(`One/${name}`, null), inspected(`Two/${name}`, null));
      const { service } = made(both, { ...repository, name });
      expect(new Set(service.components.map((component) => component.name)).size).toBe(2);
    },
  );
});
