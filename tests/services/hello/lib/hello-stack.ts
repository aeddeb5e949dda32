import * as cdk from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';

export class HelloStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);

    const hello = new NodejsFunction(this, 'Hello', { entry: 'lib/hello-stack.hello.ts' });
    const url = hello.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    new cdk.CfnOutput(this, 'Url', { value: url.url });
  }
}
