import { afterAll, expect, it } from 'vitest';
import { declaration, templateOf, workshop } from './testing.ts';

process.env.CDK_VALIDATION = 'false';
const shop = workshop();
afterAll(shop.remove);

/** The functions of a template. */
const functionsIn = (template: ReturnType<typeof templateOf>) =>
  Object.values(template.Resources ?? {}).flatMap(({ Type, Properties }) =>
    Type === 'AWS::Lambda::Function' ? [Properties.FunctionName] : [],
  );

it.each(['qa', 'live', 'constructor', `a${'-longest'.repeat(3)}-names`.padEnd(31, 'x')])(
  'an environment of any name (%s) has the app of its runtime, without a file of its own',
  async (name) => {
    const renamed = (from: string) => declaration((text) => text.replace(`- name: ${from}`, `- name: ${name}`));
    const deployed = templateOf(await shop.app(name, renamed('production')), name);
    expect(functionsIn(deployed)).toEqual([`soundbite-${name}-api`, `soundbite-${name}-worker`]);
    const data = templateOf(await shop.app(name, renamed('dev-aws')), name);
    expect(functionsIn(data)).toEqual([]);
    expect(data.Resources?.Table?.Properties.TableName).toBe(`soundbite-${name}`);
  },
);

it('a file in bin/ is what counts where there is one: it refuses a runtime for which it is not written', async () => {
  const declared = declaration((text) => text.replace('runtime: process #', 'runtime: aws #'));
  await expect(shop.app('dev-localstack', declared)).rejects.toMatchObject({
    code: 'runtime-mismatch',
    hint: 'declare runtime: process, or remove cdk/bin/dev-localstack.ts: the environment then has the app of its runtime',
  });
});
