import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const stack = new Stack(new App(), 'Ledger');
const entries = new Table(stack, 'Entries', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});
const incoming = new Queue(stack, 'Incoming');
const book = new LambdaFunction(stack, 'Book', {
  runtime: Runtime.PYTHON_3_12,
  handler: 'book.handle',
  code: Code.fromAsset('src'),
  environment: { TABLE: entries.tableName },
  timeout: Duration.seconds(30),
});
book.addEventSource(new SqsEventSource(incoming, { batchSize: 5, reportBatchItemFailures: true }));
entries.grantWriteData(book);
