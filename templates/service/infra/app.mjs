// The CDK app: what the service has in an account. SoundBite runs it for each environment and deploys what it makes.
// It adds by itself what delivery needs: an alias for each component, its version and permissions, names that differ by environment.
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';

const stack = new Stack(new App(), 'Notes');

const table = new Table(stack, 'Table', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  timeToLiveAttribute: 'expires',
  removalPolicy: RemovalPolicy.RETAIN,
});

// The construct's name is what `components` in service.yaml says.
const notes = new LambdaFunction(stack, 'Notes', {
  runtime: Runtime.PYTHON_3_12,
  handler: 'notes.handle',
  code: Code.fromAsset('src'),
  environment: { TABLE: table.tableName },
});
table.grantReadWriteData(notes);

const api = new HttpApi(stack, 'Http', { defaultIntegration: new HttpLambdaIntegration('Integration', notes) });
new CfnOutput(stack, 'Url', { value: api.apiEndpoint });
