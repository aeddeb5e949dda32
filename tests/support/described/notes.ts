import { randomUUID } from 'node:crypto';
import { type DescribedService, json, noteIn, noteInBody, watchedLonger } from './service.ts';

const source = 'src/notes.py';
const begins = '    note = {"id": event["pathParameters"]["id"]}\n    if event["httpMethod"]';

export const notes: DescribedService = {
  name: 'notes',
  is: 'three Python functions at one address, two of them behind a REST API and one at a URL',
  mark: (note) => [[source, 'found or note)', `{**(found or note), "note": "${note}"})`]],
  // A method more, which stays when the release goes.
  next: [['infra/app.mjs', "of ['GET', 'PUT']", "of ['GET', 'PUT', 'HEAD']"]],
  bad: {
    edits: [
      [source, 'found else 404', 'found else 200'],
      [source, '"path": event["rawPath"]', '"path": "/"'],
    ],
    reason: /smoke: misses: .*reports: /s,
  },
  brokenForUsers: [
    watchedLonger,
    [source, begins, `    if not is_rehearsal(event):\n        raise RuntimeError("told to fail")\n${begins}`],
  ],
  /** A note is kept, read and forgotten, and all are counted: three functions answer. */
  async use(place) {
    const path = `/notes/a%20b-${randomUUID()}`;
    await json(place, path, { method: 'PUT', body: 'milk' });
    const { text, ...read } = await json(place, path);
    const { path: asked } = await json(place, '/report/now');
    const { forgotten } = await json(place, path, { method: 'DELETE' });
    if (text === 'milk' && asked === '/report/now' && forgotten === true) return noteIn(read);
    throw new Error(`it answered ${JSON.stringify({ text, asked, forgotten })}`);
  },
  asked: {
    component: 'keep',
    event: {
      ...{ resource: '/notes/{id}', httpMethod: 'GET', pathParameters: { id: 'none' } },
      requestContext: { stage: 'rehearsal' },
    },
    says: noteInBody,
  },
  crashing: [[source, 'import boto3\n', 'import boto3\n\nraise RuntimeError("told to crash at its start")\n']],
  failing: { edits: [[source, begins, `    raise RuntimeError("told to fail")\n${begins}`]] },
  path: '/report/now',
};
