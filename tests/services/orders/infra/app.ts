import { App, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const app = new App();

const data = new Stack(app, 'OrdersData');
const orders = new Table(data, 'Orders', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
});
const placed = new Queue(data, 'Placed', { visibilityTimeout: Duration.seconds(60) });
const reports = new Queue(data, 'Reports');

const compute = new Stack(app, 'OrdersApi');
const lambda = (name: string) =>
  new NodejsFunction(compute, name, {
    entry: `functions/${name.toLowerCase()}.ts`,
    environment: { ORDERS: orders.tableName, PLACED: placed.queueUrl },
    timeout: Duration.seconds(10),
  });

const take = lambda('Take');
placed.grantSendMessages(take);
orders.grantReadData(take);
// As teams deliver without SoundBite: each deployment makes a version, and moves the alias to it.
const prod = new Alias(compute, 'Prod', { aliasName: 'prod', version: take.currentVersion });

const store = lambda('Store');
orders.grantWriteData(store);
store.addEventSource(new SqsEventSource(placed));

const report = lambda('Report');
report.addEnvironment('REPORTS', reports.queueUrl);
orders.grantReadData(report);
new Rule(compute, 'Nightly', { schedule: Schedule.rate(Duration.days(1)), targets: [new LambdaFunction(report)] });

const web = new Stack(app, 'OrdersWeb');
const integration = new HttpLambdaIntegration('Take', prod);
new HttpApi(web, 'Http').addRoutes({ path: '/{proxy+}', methods: [HttpMethod.ANY], integration });
