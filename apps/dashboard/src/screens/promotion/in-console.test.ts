import type { AccountView, Timeline } from '@soundbite/client';
import { expect, it } from 'vitest';
import { asksAccount, consoleLinks } from './in-console.ts';

const cloud = { kind: 'real', account: '123456789012', region: 'eu-central-1' } as const;
const arn = 'arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/1';
const account = {
  ...{ environment: 'live', cloud, unknown: null, stacks: [{ name: 'shop', url: 'x' }] },
  functions: [{ component: 'api', name: 'shop-api', alias: 'live', url: 'x', logGroup: '/shop', logsUrl: 'x' }],
} satisfies AccountView;
const step = (name: string, state: string, more: object = {}) => ({
  ...{ what: 'step', at: '2026-01-02T03:04:05.000Z', seconds: 10, step: { name, state, attempts: 1 }, ...more },
});
const promotion = (entries: readonly object[], more: object = {}) =>
  ({ cloud, entries: [{ what: 'asked' }, ...entries], ...more }) as unknown as Timeline;
const linked = (entries: readonly object[], here: AccountView | null = account, more: object = {}) =>
  consoleLinks(promotion(entries, more), here ?? undefined).map(({ text, url }) => [text, url.slice(url.indexOf('#'))]);

const failures = [
  { arn, stack: 'shop', id: 'A' },
  { arn, stack: 'shop', id: 'B' },
];

it('a step that changed stacks leads to the events of each that failed, else of all', () => {
  const ofFailed = ['events of shop', `#/stacks/events?stackId=${encodeURIComponent(arn)}`];
  const failed = step('infrastructure', 'failed', { stackFailures: { failures, leftOut: 0 } });
  expect(linked([failed])).toEqual([ofFailed]);
  const all = [['events of shop', '#/stacks/events?stackId=shop']];
  expect(linked([step('infrastructure', 'errored')])).toEqual(all);
  expect(linked([step('infrastructure', 'running', { seconds: null })])).toEqual(all);
});

it('a step of versions leads to what each function logged then, with some seconds before and after', () => {
  expect(linked([step('verify', 'succeeded'), step('smoke', 'failed'), step('rollback', 'succeeded')])).toEqual([
    [
      'what api logged then',
      `#logsV2:log-groups/log-group/$252Fshop/log-events$3Fstart$3D${Date.UTC(2026, 0, 2, 3, 4, 0)}$26end$3D${Date.UTC(2026, 0, 2, 3, 4, 20)}`,
    ],
  ]);
});

it('where nothing failed, no version was yet, or the account is another or an emulated one, nothing leads anywhere', () => {
  expect(linked([step('smoke', 'succeeded'), step('shift', 'running', { seconds: null })])).toEqual([]);
  expect(linked([step('plan', 'failed')])).toEqual([]);
  const moved = { ...account, cloud: { ...cloud, region: 'eu-west-1' } };
  expect(linked([step('smoke', 'failed')], moved)).toEqual([]);
  expect(linked([step('smoke', 'failed')], null)).toEqual([]);
  expect(linked([step('smoke', 'failed')], account, { cloud: { ...cloud, kind: 'emulated' } })).toEqual([]);
  expect(linked([step('smoke', 'failed')], account, { cloud: null })).toEqual([]);
});

it('asks for the account only where it leads there', () => {
  expect(asksAccount(promotion([step('smoke', 'failed')]))).toBe(true);
  expect(asksAccount(promotion([step('smoke', 'succeeded')]))).toBe(false);
  expect(asksAccount(promotion([step('smoke', 'failed')], { cloud: null }))).toBe(false);
});
