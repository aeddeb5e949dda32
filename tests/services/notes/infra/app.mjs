import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, FunctionUrlAuthType, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';

const work = new Stack(new App(), 'Notes');
const notes = new Table(work, 'Table', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});
const code = Code.fromAsset('src');
const lambda = (id, handler) =>
  new LambdaFunction(work, id, {
    ...{ code, handler, runtime: Runtime.PYTHON_3_12, environment: { NOTES: notes.tableName } },
    timeout: Duration.seconds(30),
  });
const [keep, forget, report] = ['keep', 'forget', 'report'].map((name) =>
  lambda(name[0].toUpperCase() + name.slice(1), `notes.${name}`),
);
notes.grantReadWriteData(keep);
notes.grantWriteData(forget);
notes.grantReadData(report);

const api = new RestApi(work, 'Api');
const keeping = new LambdaIntegration(keep);
api.root.addResource('health').addMethod('GET', keeping);
const note = api.root.addResource('notes').addResource('{id}');
for (const method of ['GET', 'PUT']) note.addMethod(method, keeping);
note.addMethod('DELETE', new LambdaIntegration(forget));

// Behind no API: it has an address of its own, of which the environment's has a part.
report.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
