import { stackOutputs, type Target } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { componentOf, componentsOf, httpComponent } from './components.ts';

const queue = {
  [stackOutputs.workerFunction]: 'w',
  [stackOutputs.workerMappingId]: 'm',
  [stackOutputs.queueUrl]: 'https://sqs/jobs',
};
const http = { [stackOutputs.apiFunction]: 'a', [stackOutputs.apiId]: 'id' };
const stackWith = (outputs: Readonly<Record<string, string>>) =>
  ({ environment: { name: 'staging' }, outputs }) as unknown as Target;

describe('the components of a stack', () => {
  it('move forward from what takes messages to what users reach', () => {
    expect(componentsOf(stackWith({ ...http, ...queue }))).toEqual([
      { kind: 'queue', name: 'worker', functionName: 'w', mappingId: 'm', queueUrl: 'https://sqs/jobs' },
      { kind: 'http', name: 'api', functionName: 'a', apiId: 'id' },
    ]);
  });

  it('may be one, of either kind; what is not there is asked for in vain', () => {
    expect(componentsOf(stackWith(queue)).map(({ name }) => name)).toEqual(['worker']);
    expect(httpComponent(stackWith(queue))).toBeNull();
    expect(componentOf(stackWith(http), 'http').functionName).toBe('a');
    expect(() => componentOf(stackWith(http), 'queue')).toThrow(
      expect.objectContaining({
        code: 'output-missing',
        message: 'the stack of staging has no output WorkerFunctionName',
        hint: 'deploy the environment again: soundbite promote staging',
      }),
    );
  });

  it.each([
    ['nothing', {}, 'ApiFunctionName or WorkerFunctionName'],
    ['a function that no API leads to', { [stackOutputs.apiFunction]: 'a' }, 'ApiId'],
    ['a function that no mapping feeds', { [stackOutputs.workerFunction]: 'w' }, 'WorkerMappingId'],
  ])('are refused with %s, by what is missing', (_what, outputs, missing) => {
    expect(() => componentsOf(stackWith(outputs))).toThrow(`the stack of staging has no output ${missing}`);
  });
});
