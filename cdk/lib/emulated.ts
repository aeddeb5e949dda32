import { Aws, CfnCondition, CfnParameter, type CfnResource, Fn } from 'aws-cdk-lib';
import { CfnAuthorizer, type CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { DeclaredEnvironment } from './context.ts';
import { contract } from './names.ts';
import type { EnvironmentStack } from './stack.ts';

/**
 * The only file that knows that clouds differ. What an emulated account refuses stands under one Condition, so that one
 * template serves both: CloudFormation does not look at a resource whose condition is false.
 */
export class CloudKind {
  private readonly stack: EnvironmentStack;
  private readonly kind: CfnParameter;
  private made: CfnCondition | undefined;

  constructor(stack: EnvironmentStack) {
    this.stack = stack;
    this.kind = new CfnParameter(stack, contract.parameters.cloudKind, {
      type: 'String',
      allowedValues: ['emulated', 'real'],
      description: 'Whether the account is emulated',
    });
  }

  /** Made when something asks for it: CloudFormation warns of a condition that nothing uses. */
  private get real(): CfnCondition {
    const expression = Fn.conditionEquals(this.kind.valueAsString, 'real');
    this.made ??= new CfnCondition(this.stack, 'RealCloud', { expression });
    return this.made;
  }

  /** Emulated accounts have no tokens to check: there the API is reached through the loopback only. */
  authorize(scope: Construct, apiId: string, route: CfnRoute, authorizer: DeclaredEnvironment['authorizer']): void {
    if (!authorizer) return;
    const jwt = this.onlyReal(
      new CfnAuthorizer(scope, 'Authorizer', {
        apiId,
        name: 'jwt',
        authorizerType: 'JWT',
        identitySource: ['$request.header.Authorization'],
        jwtConfiguration: { issuer: authorizer.issuer, audience: [...authorizer.audience] },
      }),
    );
    route.authorizationType = this.ifReal('JWT', 'NONE');
    route.authorizerId = this.ifReal(jwt.ref, Aws.NO_VALUE);
  }

  /** One alarm that stands for all others: the only one that calls a person. CloudFormation of an emulated account has none. */
  anyOf(scope: Construct, name: string, alarmNames: readonly string[], topicArn: string): void {
    this.onlyReal(
      new CfnCompositeAlarm(scope, 'AnyAlarm', {
        alarmName: name,
        alarmRule: alarmNames.map((alarm) => `ALARM("${alarm}")`).join(' OR '),
        alarmActions: [topicArn],
        okActions: [topicArn],
      }),
    );
  }

  private onlyReal<T extends CfnResource>(resource: T): T {
    resource.cfnOptions.condition = this.real;
    return resource;
  }

  private ifReal(real: string, emulated: string): string {
    return Fn.conditionIf(this.real.logicalId, real, emulated).toString();
  }
}
