import { describe, expect, it } from 'vitest';
import { readStackComponents } from './stack-components.ts';

const worker = {
  name: 'worker',
  id: 'Worker1A2B',
  function: 'soundbite-dev-Worker1A2B-x',
  health: null,
  api: null,
  queues: [{ mapping: 'm-1', url: 'https://sqs/jobs' }],
};
const api = { name: 'api', id: 'Api', function: 'soundbite-dev-Api-y', health: '/health', api: 'a1', queues: [] };
const rule = { id: 'Permission', principal: 'events.amazonaws.com', source: 'arn:rule', account: null };
/** Of a stack of before, which does not say it. */
const standing = { alias: 'live', first: '1' };
const read = (value: unknown) => readStackComponents(typeof value === 'string' ? value : JSON.stringify(value), 'dev');

describe('the output Components of a stack', () => {
  it('is a list in the order in which traffic moves forward', () => {
    expect(read([worker, api])).toEqual([
      { ...worker, ...standing, path: null, contract: null, rest: null, url: null, callers: [] },
      { ...api, ...standing, path: null, contract: null, rest: null, url: null, callers: [] },
    ]);
    expect(read([{ ...worker, callers: [rule] }])).toMatchObject([{ callers: [rule] }]);
    for (const contract of [true, false]) expect(read([{ ...api, contract }])).toMatchObject([{ contract }]);
    const url = 'https://abc.lambda-url.eu-central-1.on.aws/';
    expect(read([{ ...api, api: null, url }])).toMatchObject([{ url }]);
    expect(read([{ ...api, alias: 'prod', first: '7' }])).toMatchObject([{ alias: 'prod', first: '7' }]);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '[{', 'it: Invalid input: expected array'],
    ['no list', { worker }, 'it: Invalid input: expected array'],
    ['an empty list', [], 'it: has no component'],
    ['a component without a function', [{ ...worker, function: undefined }], '0.function: Invalid input'],
    ['an empty id', [worker, { ...api, id: '' }], '1.id: is no id'],
    ['a name with a slash', [{ ...worker, name: 'a/b' }], '0.name: is no name'],
    ['a health that is no path', [{ ...api, health: 'health' }], '0.health: is no path'],
    ['a contract that is a text', [{ ...api, contract: 'true' }], '0.contract: Invalid input'],
    ['an API that is an expression', [{ ...api, api: { Ref: 'Api' } }], '0.api: Invalid input'],
    ['a caller of nobody', [{ ...worker, callers: [{ ...rule, principal: '' }] }], '0.callers.0.principal: is empty'],
    ['a URL that is none', [{ ...api, url: 'abc' }], '0.url: Invalid URL'],
    ['one queue that is no list', [{ ...worker, queues: worker.queues[0] }], '0.queues: Invalid input'],
    ['a queue without its mapping', [{ ...worker, queues: [{ url: 'x' }] }], '0.queues.0.mapping: Invalid input'],
    ['a key that nobody knows', [{ ...worker, topic: 'x' }], '0: Unrecognized key: "topic"'],
    ['two of one name', [worker, { ...api, name: 'worker' }], 'two components have the name worker'],
    ['two on one function', [worker, { ...api, function: worker.function }], `the function ${worker.function}`],
    ['one function under two names', [worker, { ...api, id: worker.id }], `the id ${worker.id}`],
  ])('is refused as %s, with what is wrong', (_what, value, problem) => {
    expect(() => read(value)).toThrow(
      expect.objectContaining({
        code: 'answer-unexpected',
        message: expect.stringMatching(/^the output Components of the stack of dev cannot be read: /),
        hint: expect.stringContaining('soundbite promote dev'),
      }),
    );
    expect(() => read(value)).toThrow(problem);
  });
});
