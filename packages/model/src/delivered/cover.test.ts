import { describe, expect, it } from 'vitest';
import { keptParameters } from '../stack-parameters.ts';
import { asRecord } from '../template.ts';
import { coverTemplate } from './cover.ts';
import { handedBackTemplate } from './handed-back.ts';

const lambda = { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: 'b', S3Key: 'k.zip' } } };
const version = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Api' } } };
const rule = (arn: unknown) => ({ Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'T', Arn: arn }] } });
const live = {
  Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk' } },
  Resources: { Api: lambda, Made: version, Nightly: rule({ 'Fn::GetAtt': ['Api', 'Arn'] }) },
  Outputs: { Url: { Value: 'u' } },
};
const alias = {
  Type: 'AWS::Lambda::Alias',
  Properties: { FunctionName: { Ref: 'Api' }, FunctionVersion: { Ref: 'ApiLiveAdopted' } },
};
const record = { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'ReleaseDigest' } } };
const delivered = {
  Parameters: {
    ReleaseDigest: { Type: 'String' },
    CloudKind: { Type: 'String' },
    ApiLiveAdopted: { Type: 'String', Default: '' },
    ...live.Parameters,
  },
  Conditions: { ApiLiveIsNew: { 'Fn::Equals': [{ Ref: 'ApiLiveAdopted' }, ''] } },
  Resources: { Api: lambda, Nightly: rule({ Ref: 'ApiLive' }), ApiLive: alias, DeployedRelease: record },
  Outputs: { ...live.Outputs, Components: { Value: '[]' } },
};

describe('what a stack that is adopted becomes first', () => {
  const cover = coverTemplate(live, delivered);

  it('has all that it had, as it was, and beside it what delivery adds', () => {
    expect(cover).toMatchObject({
      Parameters: delivered.Parameters,
      Conditions: delivered.Conditions,
      Resources: { Api: lambda, Nightly: live.Resources.Nightly, ApiLive: alias, DeployedRelease: record },
      Outputs: delivered.Outputs,
    });
  });

  it('keeps in the account what delivery leaves out', () => {
    expect(cover.Resources).toMatchObject({ Made: { ...version, DeletionPolicy: 'Retain' } });
    const TickOfAlias = { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: { Ref: 'ApiLive' } } };
    const permitting = { ...live, Resources: { ...live.Resources, TickOfAlias } };
    expect(asRecord(coverTemplate(permitting, delivered).Resources).TickOfAlias).toEqual(TickOfAlias);
  });
});

describe('what was live when a stack was adopted', () => {
  it('is kept by each deployment of a template that can say it, and by no other', () => {
    const present = { ReleaseDigest: 'sha256:a', ApiLiveAdopted: '7', GoneAdopted: '1' };
    expect(keptParameters(delivered, present)).toEqual({ ApiLiveAdopted: '7' });
    expect(keptParameters(delivered, { ...present, ApiLiveAdopted: '' })).toEqual({});
  });
});

describe('a stack that is handed back', () => {
  const values = { ReleaseDigest: 'sha256:a', CloudKind: 'emulated', ApiLiveAdopted: '7', BootstrapVersion: '21' };

  it('says no more of a release, and everything else is as it was', () => {
    const { DeployedRelease: _record, ...Resources } = delivered.Resources;
    expect(handedBackTemplate(delivered, values)).toEqual({
      Parameters: { ApiLiveAdopted: { Type: 'String', Default: '7' }, ...live.Parameters },
      Conditions: delivered.Conditions,
      Resources,
      Outputs: live.Outputs,
    });
  });

  it('lets its rules call the alias itself, which the control plane did before', () => {
    const Properties = { FunctionName: { 'Fn::GetAtt': ['Api', 'Arn'] }, Principal: 'events.amazonaws.com' };
    const Tick = { Type: 'AWS::Lambda::Permission', Properties };
    const Elsewhere = { ...Tick, Properties: { ...Properties, Principal: 'cognito-idp.amazonaws.com' } };
    const Other = { ...Tick, Properties: { ...Properties, FunctionName: { Ref: 'Unpromoted' } } };
    const Resources = { ...delivered.Resources, Tick, Elsewhere, Other };
    const left = handedBackTemplate({ ...delivered, Resources }, values)?.Resources;
    expect(left).toMatchObject({
      Tick,
      TickOfAlias: { ...Tick, Properties: { ...Properties, FunctionName: { Ref: 'ApiLive' } } },
    });
    expect(left).not.toHaveProperty('ElsewhereOfAlias');
    expect(left).not.toHaveProperty('OtherOfAlias');
  });

  it('is not where a resource of the app’s own uses the release', () => {
    for (const Value of [{ Ref: 'ReleaseDigest' }, { 'Fn::Sub': `of \${ReleaseDigest}` }]) {
      const Resources = { ...delivered.Resources, Own: { Type: 'AWS::SSM::Parameter', Properties: { Value } } };
      expect(handedBackTemplate({ ...delivered, Resources }, values)).toBeNull();
    }
  });
});
