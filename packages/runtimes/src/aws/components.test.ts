import { stackOutputs, type Target } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { componentNamed, componentsOf, httpComponent, reachedComponent } from './components.ts';
import { harmlessEvent } from './harmless.ts';

const queue = {
  [stackOutputs.workerFunction]: 'w',
  [stackOutputs.workerMappingId]: 'm',
  [stackOutputs.queueUrl]: 'https://sqs/jobs',
};
const http = { [stackOutputs.apiFunction]: 'a', [stackOutputs.apiId]: 'id' };
const stackWith = (outputs: Readonly<Record<string, string>>) =>
  ({ environment: { name: 'staging' }, outputs }) as unknown as Target;

describe('the components of a stack with fixed outputs', () => {
  it('move forward from what takes messages to what users reach', () => {
    expect(componentsOf(stackWith({ ...http, ...queue }))).toEqual([
      {
        name: 'worker',
        ...{ functionName: 'w', alias: 'live', first: '1' },
        logicalId: null,
        health: null,
        path: null,
        contract: null,
        apiId: null,
        rest: null,
        url: null,
        queues: [{ mappingId: 'm', url: 'https://sqs/jobs' }],
        callers: [],
      },
      {
        name: 'api',
        ...{ functionName: 'a', alias: 'live', first: '1' },
        logicalId: null,
        health: '/health',
        path: null,
        contract: null,
        apiId: 'id',
        rest: null,
        url: null,
        queues: [],
        callers: [],
      },
    ]);
  });

  it('may be one, of either kind; what is not there is asked for in vain', () => {
    expect(componentsOf(stackWith(queue)).map(({ name }) => name)).toEqual(['worker']);
    expect(httpComponent(stackWith(queue))).toBeNull();
    expect(reachedComponent(stackWith(http)).functionName).toBe('a');
    expect(() => reachedComponent(stackWith(queue))).toThrow(
      expect.objectContaining({
        code: 'component-unknown',
        message: 'staging has no component that an API or a URL leads to; it has worker',
      }),
    );
    expect(() => componentNamed(stackWith(http), 'worker')).toThrow('staging has no component worker; it has api');
  });

  it.each([
    ['nothing', {}, 'ApiFunctionName or WorkerFunctionName'],
    ['a function that no API leads to', { [stackOutputs.apiFunction]: 'a' }, 'ApiId'],
    ['a function that no mapping feeds', { [stackOutputs.workerFunction]: 'w' }, 'WorkerMappingId'],
  ])('are refused with %s, by what is missing', (_what, outputs, missing) => {
    expect(() => componentsOf(stackWith(outputs))).toThrow(`the stack of staging has no output ${missing}`);
  });
});

describe('the components that a stack says itself', () => {
  const one = (name: string, over: object = {}) => ({
    name,
    id: `${name}Id`,
    function: `soundbite-staging-${name}-x`,
    health: null,
    api: null,
    queues: [],
    ...over,
  });
  const saying = (...components: readonly object[]) =>
    stackWith({ ...http, ...queue, Components: JSON.stringify(components) });

  it('count, whatever else the stack has as outputs, in their order, several of each form and of none', () => {
    const feeds = [
      { mapping: 'm-1', url: 'https://sqs/a' },
      { mapping: 'm-2', url: 'https://sqs/b' },
    ];
    const target = saying(
      one('public', { api: 'a1', health: '/ping' }),
      one('both', { api: 'a2', queues: feeds }),
      one('nightly'),
      one('mail', { queues: [{ mapping: 'm-3', url: 'https://sqs/c' }] }),
    );
    const found = componentsOf(target);
    expect(found.map(({ name, logicalId, functionName }) => [name, logicalId, functionName])).toEqual(
      ['public', 'both', 'nightly', 'mail'].map((name) => [name, `${name}Id`, `soundbite-staging-${name}-x`]),
    );
    expect(found[1]?.queues).toEqual([
      { mappingId: 'm-1', url: 'https://sqs/a' },
      { mappingId: 'm-2', url: 'https://sqs/b' },
    ]);
    // The last one with an API is what users reach.
    expect(httpComponent(target)).toMatchObject({ name: 'both', apiId: 'a2' });
    expect(componentNamed(target, 'mail').functionName).toBe('soundbite-staging-mail-x');
  });

  it('are reached at an API where one has it, else at the URL of the last one that has one', () => {
    const url = 'https://abc.lambda-url.eu-central-1.on.aws/';
    const atUrl = [one('first', { url: url.replace('abc', 'xyz') }), one('second', { url }), one('third')];
    expect(httpComponent(saying(...atUrl))).toMatchObject({ name: 'second', way: { url } });
    const behindApi = httpComponent(saying(one('api', { api: 'a1' }), ...atUrl));
    expect(behindApi).toMatchObject({ name: 'api', way: { apiId: 'a1' } });
    const rest = { api: 'r1', stage: 'prod', deployment: 'd1' };
    const behindRest = httpComponent(saying(one('api', { api: 'a1' }), one('rest', { rest }), ...atUrl));
    expect(behindRest).toMatchObject({ name: 'rest', way: { rest } });
  });

  it('are tried by what they declare: health, an empty batch, or not at all', async () => {
    const declared = componentsOf(
      saying(
        one('api', { api: 'a1', health: '/ping' }),
        one('worker', { queues: [{ mapping: 'm', url: 'x' }] }),
        one('rule'),
      ),
    );
    const routes = async () => null;
    const events = await Promise.all(declared.map((one) => harmlessEvent({ routes }, one)));
    const [api, worker, rule] = events;
    expect(api).toMatchObject({ rawPath: '/ping', requestContext: { http: { method: 'GET' } } });
    expect(worker).toEqual({ Records: [] });
    expect(rule).toBeNull();
  });

  it('are not taken for the fixed ones where they cannot be read', () => {
    expect(() => componentsOf(stackWith({ ...http, Components: 'x' }))).toThrow(
      expect.objectContaining({ code: 'answer-unexpected' }),
    );
  });
});
