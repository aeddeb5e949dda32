import { randomUUID } from 'node:crypto';
import { itemsIn, tell } from '../../../packages/runtimes/src/testing-account.ts';
import { asItStands, type DescribedService, until } from './service.ts';

const source = 'src/note.py';
const begins = '    records = ';

const noteOf = (kind: unknown) => /^note ?(.*)$/.exec(String(kind))?.[1] || asItStands;

export const watch: DescribedService = {
  name: 'watch',
  is: 'a function that rules, a schedule and a topic call',
  mark: (note) => [[source, 'KIND = "note"', `KIND = "note ${note}"`]],
  bad: { edits: [[source, 'KIND = "note"', 'KIND = "bad"']], reason: /smoke: notes: .*bad/ },
  brokenForUsers: null,
  /** An event is noted twice: the rule calls it, and the topic of another one. */
  async use({ account }) {
    const id = randomUUID();
    await tell(account, 'watch', { what: id });
    const kinds = await until(async () => {
      const found = (await itemsIn(account, 'Notes')).filter(({ what }) => what === id);
      return found.length === 2 ? found.map(({ kind }) => noteOf(kind)) : null;
    });
    return [...new Set(kinds)].join(' and ');
  },
  asked: {
    component: 'note',
    event: { source: 'asked', detail: { what: 'trial' } },
    says: (answer) => noteOf((answer as { readonly notes: readonly { readonly kind: string }[] }).notes[0]?.kind),
  },
  crashing: [[source, 'import boto3\n', 'import boto3\n\nraise RuntimeError("told to crash at its start")\n']],
  failing: { edits: [[source, begins, `    raise RuntimeError("told to fail")\n${begins}`]] },
};
