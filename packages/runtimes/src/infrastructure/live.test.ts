import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from './testing.ts';
import { described, noStack, recordedStack, stack, stackId } from './testing-stack.ts';

let at: Awaited<ReturnType<typeof recordedStack>>;
beforeAll(async () => {
  at = await recordedStack();
});
afterAll(() => at.close());

const template = { Parameters: { Size: { Type: 'String', Default: 'small' } }, Resources: {} };
const templateOf = (of: object): Exchange => ['GetTemplate', { TemplateBody: JSON.stringify(of) }];
/** As a stack is told that was deployed with a value of its own. */
const sized = (ParameterValue: string): Exchange => [
  'DescribeStacks',
  {
    Stacks: [
      {
        StackName: stack,
        StackId: stackId,
        StackStatus: 'UPDATE_COMPLETE',
        CreationTime: '2026-01-01T00:00:00.000Z',
        Parameters: [{ ParameterKey: 'Size', ParameterValue }],
      },
    ],
  },
];
const live = (exchanges: readonly Exchange[]) => at.over(exchanges, () => at.stacks.live(at.environment, at.cloud));

describe('what stands in an account', () => {
  it('is read with its template', async () => {
    const { value } = await live([sized('small'), templateOf(template)]);
    expect(value).toEqual([{ name: stack, template, code: new Map() }]);
  });

  it('is not sealed where a value was given that no promotion gives: it would be another one afterwards', async () => {
    const { error } = await live([sized('large'), templateOf(template)]);
    expect(error).toMatchObject({
      code: 'adoption-refused',
      message: expect.stringContaining('values of its own for Size'),
    });
  });

  it.each<[string, Exchange, RegExp]>([
    ['is not there', noStack, /there is no stack/],
    ['has a release already', described('UPDATE_COMPLETE'), /has release a+ already/],
    ['is under way', described('UPDATE_IN_PROGRESS', { of: null }), /is UPDATE_IN_PROGRESS/],
    ['was rolled back and is stuck', described('UPDATE_ROLLBACK_FAILED', { of: null }), /is UPDATE_ROLLBACK_FAILED/],
  ])('is not sealed where it %s', async (_what, exchange, message) => {
    const { error } = await live([exchange]);
    expect(error).toMatchObject({ code: 'adoption-refused', message: expect.stringMatching(message) });
  });
});
