import type { Environment } from '@soundbite/model/declaration/shape.ts';
import { expect, it } from 'vitest';
import { environmentReport } from './environments.ts';

it('what an environment has in its account has a line each, with its link where there is one', () => {
  const view = { declaration: { name: 'live' } as Environment, url: null, record: null };
  const account = {
    stacks: [{ name: 'shop', url: 'https://x/#stack' }],
    functions: [
      {
        ...{ component: 'api', name: 'shop-api', alias: 'live', url: 'https://x/#function' },
        ...{ logGroup: '/shop\u001b', logsUrl: null },
      },
    ],
    unknown: 'not authorized',
  };
  expect(
    environmentReport({ ...view, account })
      .split('\n')
      .slice(-5),
  ).toEqual([
    'in its account:',
    '  stack shop  https://x/#stack',
    '  api shop-api:live  https://x/#function',
    '  api logs in /shop\\x1b',
    '  what runs there cannot be told: not authorized',
  ]);
  expect(environmentReport({ ...view, account: null })).not.toContain('in its account');
});
