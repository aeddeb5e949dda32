import { SoundBiteError } from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { FakePlace } from './fake-places.ts';
import { unknownError } from './fake-releases.ts';

/** The fake's dev sessions: each has its environment until it ends. `under` names the promotion that has one; `left` is told when one is free. */
export function fakeDev(under: (place: FakePlace) => string | null, left: (place: FakePlace) => void) {
  const sessions = new Map<string, schemas.DevState>();
  const places = new Map<string, FakePlace>();
  let begun = 0;
  return {
    sessions,
    files: [] as string[],
    begin(place: FakePlace): schemas.DevSession {
      refuseFunctions(place);
      const promotion = under(place);
      if (promotion) throw busy(`promotion ${promotion}`, place, `wait for it, or soundbite abort ${promotion}`);
      if (place.session) throw busy(`dev session ${place.session}`, place, 'end that session first');
      const session = `dev-${++begun}`;
      place.session = session;
      places.set(session, place);
      sessions.set(session, { session, reloads: 0, problem: null });
      const { name, declaration } = place;
      const url = `http://127.0.0.1:${declaration.port}`;
      return { session, environment: name, url, silenceSeconds: 16, watched: 'app' };
    },
    beat(session: string, files: readonly string[]): schemas.DevState {
      const state = sessions.get(session);
      if (!state) throw unknownError('session', session);
      this.files.push(...files);
      const next = { ...state, reloads: state.reloads + (files.length > 0 ? 1 : 0) };
      sessions.set(session, next);
      return next;
    },
    end(session: string): schemas.DevEnd {
      const place = places.get(session);
      sessions.delete(session);
      places.delete(session);
      if (place) {
        place.session = null;
        left(place);
      }
      return { session };
    },
  };
}

const busy = (holder: string, { name }: FakePlace, hint: string) =>
  new SoundBiteError('environment-busy', `${holder} holds ${name}`, { hint });

/** Where the fake serves source. */
const servesSource = ({ declaration }: FakePlace): boolean => declaration.runtime === 'process';

export const devOffers = (places: readonly FakePlace[]): schemas.DevList => ({
  environments: places.map((place) => {
    const dev = servesSource(place);
    const why = dev ? 'serves the working tree, with reload' : 'serves releases only';
    return { environment: place.name, dev, use: `soundbite ${dev ? 'dev' : 'deploy'} ${place.name}`, why };
  }),
});

function refuseFunctions(place: FakePlace): void {
  if (servesSource(place)) return;
  const { name } = place;
  throw new SoundBiteError('dev-needs-processes', `${name} serves releases only`, {
    hint: `soundbite deploy ${name}`,
  });
}
