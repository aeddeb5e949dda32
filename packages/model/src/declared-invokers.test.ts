import { describe, expect, it } from 'vitest';
import { declaredInvokers, isSameInvoker, toldInvokers } from './declared-invokers.ts';

const template = {
  Resources: {
    Live: { Type: 'AWS::Lambda::Alias', Properties: { Name: 'live', FunctionName: 'api' } },
    Other: { Type: 'AWS::Lambda::Alias', Properties: { Name: 'live', FunctionName: 'worker' } },
    Http: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Live' },
        Principal: 'apigateway.amazonaws.com',
        SourceArn: { 'Fn::Join': ['', ['arn:aws:execute-api:', { Ref: 'AWS::Region' }, ':', { Ref: 'Api' }, '/*']] },
      },
    },
    Sweep: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Live' },
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
      },
    },
  },
  Outputs: { ApiId: { Value: { Ref: 'Api' } } },
};
const values = { parameters: {}, outputs: { ApiId: 'a1' }, account: '1', region: 'eu', partition: 'aws' };
const statement = (Sid: string, Principal: unknown, Resource: string, SourceArn?: string) => ({
  Sid,
  Effect: 'Allow',
  Principal,
  Resource,
  ...(SourceArn ? { Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } } } : {}),
});
const live = 'arn:aws:lambda:eu:1:function:api:live';

describe('who may invoke an alias', () => {
  it('is computed from the template, of this alias alone', () => {
    expect(declaredInvokers(template, 'api', 'live', values)).toEqual([
      { principal: 'apigateway.amazonaws.com', source: 'arn:aws:execute-api:eu:a1/*' },
      { principal: 'events.amazonaws.com', source: null },
    ]);
    expect(declaredInvokers(template, 'worker', 'live', values)).toEqual([]);
  });

  it('is told of an alias that another stack names by what it imports of the function', () => {
    const imported = { 'Fn::GetAtt': ['api/Fn', 'Arn'] };
    const Properties = {
      FunctionName: { 'Fn::Join': [':', [imported, 'prod']] },
      Principal: 'apigateway.amazonaws.com',
    };
    const Resources = {
      'api/Fn': { Type: 'AWS::Lambda::Function', Properties: {} },
      'api/Prod': { Type: 'AWS::Lambda::Alias', Properties: { Name: 'prod', FunctionName: { Ref: 'api/Fn' } } },
      'front/Called': { Type: 'AWS::Lambda::Permission', Properties },
    };
    const of = (alias: string | null) =>
      declaredInvokers({ Resources }, 'api-Fn-x', alias, { ...values, names: { 'api/Fn': 'api-Fn-x' } });
    expect(of('prod')).toEqual([{ principal: 'apigateway.amazonaws.com', source: undefined }]);
    expect([of('live'), of(null)]).toEqual([[], []]);
  });

  it('is of the function itself, where it is declared so, under a name that CloudFormation made', () => {
    const generated = { ...values, names: { Fn: 'stack-Fn-x' } };
    const permission = (FunctionName: unknown) => ({
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName, Principal: 'events.amazonaws.com' },
    });
    const Resources = {
      Fn: { Type: 'AWS::Lambda::Function', Properties: {} },
      Live: { Type: 'AWS::Lambda::Alias', Properties: { Name: 'live', FunctionName: { Ref: 'Fn' } } },
      ByArn: permission({ 'Fn::GetAtt': ['Fn', 'Arn'] }),
      OfAlias: permission({ Ref: 'Live' }),
    };
    for (const alias of ['live', null])
      expect(declaredInvokers({ Resources }, 'stack-Fn-x', alias, generated)).toEqual([
        { principal: 'events.amazonaws.com', source: undefined },
      ]);
    expect(declaredInvokers({ Resources }, 'stack-Other-y', null, generated)).toEqual([]);
  });

  it('is told by the policy, of what it is asked for alone', () => {
    const policy = JSON.stringify({
      Statement: [
        statement('s-1', { Service: 'apigateway.amazonaws.com' }, live, 'arn:aws:execute-api:eu:a1/*'),
        statement('s-2', '*', 'arn:aws:lambda:eu:1:function:api'),
        { ...statement('s-3', '*', live), Effect: 'Deny' },
      ],
    });
    expect(toldInvokers(policy, 'api:live')).toEqual([
      { statement: 's-1', principal: 'apigateway.amazonaws.com', source: 'arn:aws:execute-api:eu:a1/*' },
    ]);
    expect(toldInvokers(policy, 'api')).toEqual([{ statement: 's-2', principal: '*', source: undefined }]);
    expect(toldInvokers('{}', 'api')).toEqual([]);
  });

  it('is the same only for the same source; one that cannot be computed has to be limited to some', () => {
    const events = { principal: 'events.amazonaws.com', source: null };
    expect(isSameInvoker(events, { ...events, source: 'arn:rule' })).toBe(true);
    expect(isSameInvoker(events, { ...events, source: undefined })).toBe(false);
    const http = { principal: 'apigateway.amazonaws.com', source: 'arn:a' };
    expect(isSameInvoker(http, { ...http, source: 'arn:b' })).toBe(false);
    expect(isSameInvoker(http, { ...http, principal: '*' })).toBe(false);
    expect(isSameInvoker(http, { ...http })).toBe(true);
  });
});
