import { hear, speak } from '../sound.ts';
import { type DescribedService, json, noteIn, noteInBody } from './service.ts';

const soundbites = 'apps/service/src/http/soundbites.ts';
const accepts = '    const rehearsal = isRehearsal(c, parts.settings);\n    const idempotencyKey';
const app = '  const { settings } = parts;\n  const app = new Hono';

export const soundbite: DescribedService = {
  name: 'soundbite',
  is: 'the speech service itself, as processes and on Lambda',
  mark: (note) => [
    [
      'apps/service/src/http/operations.ts',
      '{ release: settings.release,',
      `{ note: '${note}', release: settings.release,`,
    ],
  ],
  bad: {
    edits: [[soundbites, accepts, `    if (c) throw new Error('told to fail');\n${accepts}`]],
    reason: /accepts: POST \/soundbites answered 500/,
  },
  brokenForUsers: [
    [soundbites, accepts, `    if (!isRehearsal(c, parts.settings)) throw new Error('told to fail');\n${accepts}`],
  ],
  /** A text can be heard. */
  async use(place) {
    const said = noteIn(await json(place, '/version'));
    const { bytes } = await speak(place.url ?? '', 'As many services as a team has.');
    if (hear(bytes).rms < 0.01) throw new Error('nothing can be heard');
    return said;
  },
  asked: {
    component: 'api',
    event: {
      ...{ rawPath: '/version', rawQueryString: '', headers: {} },
      requestContext: { stage: 'rehearsal', http: { method: 'GET' } },
    },
    says: noteInBody,
  },
  crashing: [
    ['apps/service/src/http/app.ts', app, `  if (parts) throw new Error('told to crash at its start');\n${app}`],
  ],
  failing: {
    edits: [
      [
        'apps/service/src/lambda/worker.ts',
        'return async (event) => (isSweep(event) ?',
        "return async (event) => (JSON.stringify(event).includes('told') ? Promise.reject(new Error('told to fail')) : isSweep(event) ?",
      ],
    ],
    component: 'worker',
    event: { Records: [{ messageId: '1', body: 'told' }] },
  },
  path: '/voices',
};
