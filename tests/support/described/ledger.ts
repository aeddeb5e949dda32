import { randomUUID } from 'node:crypto';
import { itemIn, sendTo } from '../../../packages/runtimes/src/testing-account.ts';
import { type DescribedService, noteIn, until } from './service.ts';

const source = 'src/book.py';
const begins = '    failures = []\n';

export const ledger: DescribedService = {
  name: 'ledger',
  is: 'a Python function that takes messages of a queue, alone',
  mark: (note) => [[source, '"cents": int(message["cents"])}', `"cents": int(message["cents"]), "note": "${note}"}`]],
  bad: {
    edits: [[source, 'int(message["cents"])', 'int(message["cents"]) * 100']],
    reason: /smoke: books: .*25000/,
  },
  brokenForUsers: null,
  /** A message is booked. */
  async use({ account }) {
    const id = randomUUID();
    await sendTo(account, 'Incoming', { id, cents: 250 });
    const entry = await until(() => itemIn(account, 'Entries', id));
    if (entry.cents !== '250') throw new Error(`it booked ${JSON.stringify(entry)}`);
    return noteIn(entry);
  },
  asked: {
    component: 'book',
    event: { Records: [{ messageId: 'a', body: '{"id": "a", "cents": 1}' }] },
    says: (answer) => noteIn((answer as { readonly entries: readonly unknown[] }).entries[0]),
  },
  crashing: [[source, 'import boto3\n', 'import boto3\n\nraise RuntimeError("told to crash at its start")\n']],
  failing: {
    edits: [[source, begins, `    if event["Records"]:\n        raise RuntimeError("told to fail")\n${begins}`]],
  },
};
