import { type Actor, ownerActor, SoundBiteError } from '@soundbite/model';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeWorld } from '../testing/fake-world.ts';
import { pageDoor } from './page-door.ts';

const minute = 60_000;

afterEach(() => {
  vi.useRealTimers();
});

/** A door with clocks of its own, and what knows who asks. */
function stage() {
  const clocks = { monotonic: 0, wall: Date.parse('2026-12-01T08:00:00Z') };
  const known = { actor: ownerActor('admin') as Actor | null, isAway: false };
  const door = pageDoor(
    {
      sessions: {
        cookie: 'soundbite-page-x',
        grounds: async ({ token }) => ({ token, created: null }),
        async begin({ token }) {
          if (known.isAway) throw new SoundBiteError('database-down', 'away', { hint: 'wait' });
          return known.actor && { actor: known.actor, session: `session of ${token}` };
        },
        identify: async () => known.actor,
      },
    },
    { monotonic: () => clocks.monotonic, wall: () => clocks.wall },
  );
  const pass = (ms: number, wall = ms) => {
    clocks.monotonic += ms;
    clocks.wall += wall;
  };
  const made = async (token: string | null = null) => {
    const { path } = await door.link({ ...ownerActor('admin'), token });
    return path.slice('/enter/'.length);
  };
  return { door, known, pass, made };
}

const over = { code: 'link-over', hint: 'soundbite open' };

describe('a link for a browser', () => {
  it.each([
    ['in time', 5 * minute],
    ['although the clock is put back', 5 * minute, -60 * minute],
    ['although the machine slept', 0, 5 * minute],
  ])('ends %s', async (_, ms, wall = ms) => {
    const { door, pass, made } = stage();
    const link = await made();
    pass(5 * minute - 1);
    const other = await made();
    expect(await door.enter(link)).toMatchObject({ session: 'session of null', actor: { name: 'local' } });
    pass(ms, wall);
    await expect(door.enter(other)).rejects.toMatchObject({ ...over, message: 'this link has expired' });
  });

  it('that was used says so for an hour, and is none after that', async () => {
    const { door, pass, made } = stage();
    const link = await made();
    await door.enter(link);
    pass(59 * minute);
    await made();
    await expect(door.enter(link)).rejects.toMatchObject({ ...over, message: 'this link has been used' });
    pass(minute);
    await made();
    await expect(door.enter(link)).rejects.toMatchObject({ code: 'link-invalid' });
  });

  it('is over with its token, and not used up while nobody can say whether it is', async () => {
    const { door, known, made } = stage();
    const link = await made();
    known.isAway = true;
    await expect(door.enter(link)).rejects.toMatchObject({ code: 'database-down' });
    known.isAway = false;
    await door.enter(link);
    known.actor = null;
    await expect(door.enter(await made())).rejects.toMatchObject(over);
  });

  it('lets in although the clock was put back since it was made: the session begins then', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-12-01T08:00:00Z'), toFake: ['Date'] });
    const { authority } = makeWorld().people;
    const { sessions } = authority('secret');
    const door = pageDoor({ sessions });
    const { path } = await door.link(ownerActor('admin'));
    vi.setSystemTime('2026-12-01T07:00:00Z');
    const { session, actor } = await door.enter(path.slice('/enter/'.length));
    expect(await sessions.identify(session)).toEqual(actor);
  });

  it('is not made by a token that has ended in between', async () => {
    const { people } = makeWorld();
    const door = pageDoor(people.authority('secret'));
    people.create({ name: 'ana', role: 'viewer', environments: [], days: 1 }, 'local');
    people.revoke('ana', 'local');
    const ana = { ...ownerActor('viewer'), token: 'ana' };
    await expect(door.link(ana)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('pushes out the oldest of the same token, and of no other', async () => {
    const { door, made } = stage();
    const [first, other] = [await made('ana'), await made('bob')];
    for (let count = 0; count < 9; count++) await made('ana');
    await expect(door.enter(other)).resolves.toBeDefined();
    await made('ana');
    await expect(door.enter(first)).rejects.toMatchObject({
      ...{ code: 'link-invalid', hint: 'soundbite open' },
      message: 'this link is not known any more: altered, too old, or newer ones took its place',
    });
  });
});
