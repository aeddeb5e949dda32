import { App, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';

const stack = new Stack(new App(), 'Greeter');
const greet = new LambdaFunction(stack, 'Greet', {
  runtime: Runtime.PYTHON_3_12,
  handler: 'greet.handle',
  code: Code.fromAsset('src'),
});
new HttpApi(stack, 'Http', { defaultIntegration: new HttpLambdaIntegration('Integration', greet) });
