/** A snapshot of a REST API, which each change of the API leaves behind: what its stage serves instead is another one. */
export const restSnapshot = 'AWS::ApiGateway::Deployment';

/** Types that only watch: nothing that runs needs them, so they may come, go and be replaced. */
export const watchers: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
]);
