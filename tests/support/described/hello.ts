import { type DescribedService, json, noteIn, noteInBody, watchedLonger } from './service.ts';

const source = 'lib/hello-stack.hello.ts';
const begins = '  const name = ';
const fails = "throw new Error('told to fail');";

export const hello: DescribedService = {
  name: 'hello',
  // As `cdk init app --language typescript` leaves an app, without its Markdown; with one NodejsFunction and its URL.
  is: 'a plain CDK app in TypeScript with one bundled function at its own URL',
  mark: (note) => [[source, '{ hello: name }', `{ hello: name, note: '${note}' }`]],
  bad: { edits: [[source, '{ hello: name }', '{ hello: name.length }']], reason: /smoke: greets: .*"hello":3/ },
  brokenForUsers: [
    watchedLonger,
    [source, 'queryStringParameters }: Asked', 'queryStringParameters, requestContext }: any'],
    [source, begins, `  if (rawPath !== '/health' && requestContext.stage !== 'rehearsal') ${fails}\n${begins}`],
  ],
  async use(place) {
    const { hello, ...more } = await json(place, '/?name=Ada');
    if (hello !== 'Ada') throw new Error(`it greets ${hello}`);
    return noteIn(more);
  },
  asked: { component: 'hello', event: { rawPath: '/' }, says: noteInBody },
  crashing: [[source, '/** GET /health', "throw new Error('told to crash at its start');\n/** GET /health"]],
  failing: { edits: [[source, begins, `  if (rawPath !== '/health') ${fails}\n${begins}`]] },
  path: '/?name=Ada',
};
