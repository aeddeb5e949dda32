import { type DescribedService, json, noteIn, noteInBody, until, watchedLonger } from './service.ts';

/** The function behind the HTTP API, which is the only one that changes. */
export const take = 'functions/take.ts';
const health = "if (rawPath === '/health') return answer(200, { status: 'well' });\n";
const fails = "throw new Error('told to fail');\n";

export const orders: DescribedService = {
  name: 'orders',
  is: 'an app of three stacks in TypeScript, which import from one another, with three functions, of which one has an alias of its own and its API in another stack',
  mark: (note) => [[take, 'return answer(202, { id, cents });', `return answer(202, { id, cents, note: '${note}' });`]],
  bad: { edits: [[take, 'return answer(400,', 'return answer(200,']], reason: /smoke: refuses: / },
  brokenForUsers: [watchedLonger, [take, health, `${health}  if (stage !== 'rehearsal') ${fails}`]],
  unchanged: /Store|Report/,
  /** An order is taken, and its worker stores it. */
  async use(place) {
    const { id, ...taken } = await json(place, '/orders', { method: 'POST', body: '{"cents":125}', wanted: 202 });
    const { cents } = await until(() => json(place, `/orders/${id}`).catch(notYet));
    if (cents !== 125) throw new Error(`it stored ${cents}`);
    return noteIn(taken);
  },
  asked: {
    component: 'take',
    event: {
      ...{ rawPath: '/orders', body: '{"cents":250}' },
      requestContext: { stage: 'rehearsal', http: { method: 'POST' } },
    },
    says: noteInBody,
  },
  crashing: [[take, 'const dynamo =', "throw new Error('told to crash at its start');\nconst dynamo ="]],
  failing: { edits: [[take, health, `${health}  ${fails}`]] },
  path: '/health',
};

function notYet(error: Error): null {
  if (/ answered 404: /.test(error.message)) return null;
  throw error;
}
