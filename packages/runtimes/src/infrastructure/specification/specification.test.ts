import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { recreationRules } from './specification.ts';

/** What the emulated account says of properties: in its corrections, so that Python can read it. */
const emulated: Readonly<Record<string, Readonly<Record<'Always' | 'Conditionally', readonly string[]>>>> = JSON.parse(
  readFileSync(new URL('../../../../clouds/emulator/corrections/replacing_properties.json', import.meta.url), 'utf8'),
);

// One test: the specification is read once, which takes a second.
it('AWS’s specification gives the rules of the types that it knows, parts of properties too, and the emulated account says the same', async () => {
  const types = Object.keys(emulated);
  const rules = await recreationRules(
    new Set([
      ...types,
      'AWS::DynamoDB::Table',
      'AWS::Glue::Connection',
      'AWS::Batch::ComputeEnvironment',
      'Acme::Shop::Cart',
    ]),
  );
  expect(rules.has('Acme::Shop::Cart')).toBe(false);
  expect(rules.get('AWS::DynamoDB::Table')?.properties).toMatchObject({ TableName: 'Always', Tags: 'Never' });
  expect(rules.get('AWS::DynamoDB::Table')?.properties.Brand).toBeUndefined();
  const { parts = {} } = rules.get('AWS::Batch::ComputeEnvironment') ?? {};
  expect(parts).toMatchObject({
    'ComputeResources/SpotIamFleetRole': 'Always',
    'ComputeResources/Type': 'Conditionally',
  });
  const said = types.map((type) => [type, spelled(rules.get(type)?.properties ?? {})]);
  expect(emulated).toEqual(Object.fromEntries(said));
  // Remembered: no process is started for what was asked already.
  const began = performance.now();
  await recreationRules(new Set(types));
  expect(performance.now() - began).toBeLessThan(50);
});

const spelled = (properties: Readonly<Record<string, string>>) => {
  const those = (recreation: string) =>
    Object.keys(properties)
      .filter((name) => properties[name] === recreation)
      .sort();
  return { Always: those('Always'), Conditionally: those('Conditionally') };
};
