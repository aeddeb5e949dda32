import { asItStands, type DescribedService, json, watchedLonger } from './service.ts';

const source = 'src/greet.py';
const begins = '    name = ';

/** Python's own words on an error that the function bears. */
const looksForGuest = `    try:
        event["guest"]
    except KeyError:
        __import__("traceback").print_exc()
`;

const noteOf = (text: unknown) => /^Hello, Ada! ?(.*)$/.exec(String(text))?.[1] || asItStands;

export const greeter: DescribedService = {
  name: 'greeter',
  is: 'a Python function behind an HTTP API, with names that CloudFormation makes',
  mark: (note) => [[source, 'Hello, {name}!', `Hello, {name}! ${note}`]],
  bad: {
    edits: [
      [source, 'Hello, {name}!', 'Hullo {name}'],
      [source, begins, `${looksForGuest}${begins}`],
    ],
    reason: /smoke: greets: .*Hullo Ada.* \(its log: KeyError: 'guest'\)/,
  },
  brokenForUsers: [
    watchedLonger,
    [
      source,
      begins,
      `    if event["requestContext"]["stage"] != "rehearsal":\n        raise RuntimeError("told to fail")\n${begins}`,
    ],
  ],
  use: async (place) => noteOf((await json(place, '/?name=Ada')).greeting),
  asked: {
    component: 'greet',
    event: { queryStringParameters: { name: 'Ada' } },
    says: (answer) => noteOf(JSON.parse((answer as { readonly body: string }).body).greeting),
  },
  crashing: [[source, 'import json\n', 'import json\n\nraise RuntimeError("told to crash at its start")\n']],
  failing: { edits: [[source, begins, `    raise RuntimeError("told to fail")\n${begins}`]] },
  path: '/?name=Ada',
};
