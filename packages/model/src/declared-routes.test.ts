import { expect, it } from 'vitest';
import { declaredRoutes } from './declared-routes.ts';

const alias = (of: unknown, Name = 'live') => ({
  Type: 'AWS::Lambda::Alias',
  Properties: { Name, FunctionName: of },
});
const integration = (api: string, IntegrationUri: unknown) => ({
  Type: 'AWS::ApiGatewayV2::Integration',
  Properties: { ApiId: { Ref: api }, IntegrationUri },
});
const route = (api: string, RouteKey: string, to: string) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: { ApiId: { Ref: api }, RouteKey, Target: { 'Fn::Join': ['', ['integrations/', { Ref: to }]] } },
});
const path = (to: string) => ({
  'Fn::Sub': `arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${to}}/invocations`,
});
const template = {
  Resources: {
    Orders: { Type: 'AWS::Lambda::Function', Properties: {} },
    OrdersLive: alias({ Ref: 'Orders' }),
    OrdersOther: alias({ Ref: 'Orders' }, 'canary'),
    UsersLive: alias('users'),
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
    ToOrders: integration('Api', { Ref: 'OrdersLive' }),
    ToOrdersByPath: integration('Api', path('OrdersLive')),
    FromAnotherStack: integration('Api', { 'Fn::Join': [':', [{ 'Fn::GetAtt': ['Orders', 'Arn'] }, 'live']] }),
    ToUsers: integration('Api', { Ref: 'UsersLive' }),
    ToCanary: integration('Api', { Ref: 'OrdersOther' }),
    Elsewhere: integration('Second', { Ref: 'UsersLive' }),
    List: route('Api', 'GET /orders', 'ToOrders'),
    One: route('Api', 'GET /orders/{id}', 'ToOrdersByPath'),
    Far: route('Api', 'GET /far', 'FromAnotherStack'),
    Users: route('Api', 'GET /users', 'ToUsers'),
    Canary: route('Api', 'GET /canary', 'ToCanary'),
    Other: route('Second', '$default', 'Elsewhere'),
  },
};
const values = {
  parameters: {},
  outputs: {},
  names: { Orders: 'stack-Orders-x' },
  account: '1',
  region: 'eu',
  partition: 'aws',
};

it('the routes of an HTTP API are those of all its functions; which lead to an alias of one is told', () => {
  const routes = declaredRoutes(template, 'stack-Orders-x', 'live', values);
  expect(routes.map(({ key, leadsHere }) => `${key} ${leadsHere}`)).toEqual([
    'GET /orders true',
    'GET /orders/{id} true',
    'GET /far true',
    'GET /users false',
    'GET /canary false',
  ]);
  expect(declaredRoutes(template, 'users', 'live', values).map(({ key }) => key)).toContain('$default');
  expect(declaredRoutes(template, 'nobody', 'live', values)).toEqual([]);
});
