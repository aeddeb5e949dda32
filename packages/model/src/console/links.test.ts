import { describe, expect, it } from 'vitest';
import { functionUrl, logEventsUrl, stackEventsUrl } from './links.ts';

/** As the console itself writes them; each of these forms stands in public documentation and code. */
describe('an address in the console', () => {
  const arn = 'arn:aws:cloudformation:us-west-2:123456789012:stack/shop/0515c920-571c-11f0-a4d3-02022c65c757';

  it('of a stack has its ARN, or its name', () => {
    expect(stackEventsUrl('us-west-2', arn)).toBe(
      'https://us-west-2.console.aws.amazon.com/cloudformation/home?region=us-west-2#/stacks/events?stackId=arn%3Aaws%3Acloudformation%3Aus-west-2%3A123456789012%3Astack%2Fshop%2F0515c920-571c-11f0-a4d3-02022c65c757',
    );
    expect(stackEventsUrl('us-west-2', 'shop')).toMatch(/#\/stacks\/events\?stackId=shop$/);
  });

  it('of a function has its alias or version', () => {
    expect(functionUrl('eu-west-3', 'put_messages-1', { alias: 'live' })).toBe(
      'https://eu-west-3.console.aws.amazon.com/lambda/home?region=eu-west-3#/functions/put_messages-1/aliases/live',
    );
    expect(functionUrl('eu-west-3', 'put', { version: '12' })).toMatch(/#\/functions\/put\/versions\/12$/);
  });

  it('of logs has the group escaped twice, and the window once', () => {
    expect(logEventsUrl('eu-west-1', '/aws/lambda/app-CODE', { fromMs: 1728458296236, toMs: 1728458596236 })).toBe(
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fapp-CODE/log-events$3Fstart$3D1728458296236$26end$3D1728458596236',
    );
    expect(logEventsUrl('ap-southeast-2', 'prod/rec', { lastMs: 3_600_000 })).toBe(
      'https://ap-southeast-2.console.aws.amazon.com/cloudwatch/home?region=ap-southeast-2#logsV2:log-groups/log-group/prod$252Frec/log-events$3Fstart$3D-3600000',
    );
    // All that a log group's name may have besides.
    expect(logEventsUrl('eu-west-1', 'a.b-c_d#e', { fromMs: 1.2, toMs: 2.1 })).toMatch(
      /\/a\.b-c_d\$2523e\/log-events\$3Fstart\$3D1\$26end\$3D3$/,
    );
  });

  it.each([
    ['cn-northwest-1', 'cn-northwest-1.console.amazonaws.cn'],
    ['us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
    ['mx-central-1', 'mx-central-1.console.aws.amazon.com'],
  ])('in %s is at %s', (region, host) => {
    expect(new URL(stackEventsUrl(region, 'shop') ?? '')).toMatchObject({ host, search: `?region=${region}` });
  });

  it.each([
    'us-iso-east-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'eusc-de-east-1',
    'evil.example.com/',
    '',
    'eu-west-1x',
  ])('in %j is none: its console is not known', (region) => {
    expect(stackEventsUrl(region, 'shop')).toBeNull();
    expect(functionUrl(region, 'put', { alias: 'live' })).toBeNull();
    expect(logEventsUrl(region, 'group', { lastMs: 1 })).toBeNull();
  });
});
