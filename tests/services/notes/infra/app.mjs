import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';

const work = new Stack(new App(), 'Notes');
const notes = new Table(work, 'Table', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});
const keep = new LambdaFunction(work, 'Keep', {
  runtime: Runtime.PYTHON_3_12,
  handler: 'keep.handle',
  code: Code.fromAsset('src'),
  environment: { NOTES: notes.tableName },
});
notes.grantReadWriteData(keep);

const api = new RestApi(work, 'Api');
const integration = new LambdaIntegration(keep);
api.root.addResource('health').addMethod('GET', integration);
const note = api.root.addResource('notes').addResource('{id}');
for (const method of ['GET', 'PUT']) note.addMethod(method, integration);
