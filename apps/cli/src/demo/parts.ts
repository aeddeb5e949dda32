import type { PromotionView } from '@soundbite/client';
import { clip } from '@soundbite/reports/text.ts';
import { fromHere } from '../from-here.ts';
import { narration } from './narration.ts';
import { followed, keptIn, otherwise, type Show, watched } from './show.ts';
import { usedOnce } from './use.ts';
import type { Visits } from './visitor.ts';

/** The parts of a demo, in order; `--only` names them so. */
export const demoParts = { use, smoke, watch, rollback } as const;
export type DemoPart = keyof typeof demoParts;

/** What the service is for, by its own program. */
async function use(show: Show): Promise<void> {
  const { shell, narrator, environment, url, script, signal } = show;
  narrator.part(narration.use(environment));
  const directory = fromHere(await keptIn(shell), shell.root);
  const using = { root: shell.root, url, directory, path: shell.host.env.PATH, signal };
  for await (const { say, ...fact } of usedOnce(script.use, using)) {
    if (typeof say === 'string') narrator.say(say);
    if (Object.keys(fact).length > 0) narrator.fact('used', fact);
  }
}

/** A release that its smoke stops, before it has any traffic. */
async function smoke(show: Show): Promise<void> {
  const { narrator, environment } = show;
  narrator.part(narration.stopped);
  const release = await show.cut('stopped');
  await watched(show, 'smoke', async (visitor) => {
    narrator.say(narration.promotes(release, environment));
    const hear = sayingAt({ 'smoke failed': narration.smokeSaysNo }, show);
    const view = await followed(show, 'smoke', { kind: 'promote', release, hear });
    const { failed } = await visitor.leave();
    if (!ended(view, 'smoke failed') || ended(view, 'shift succeeded') || failed > 0)
      throw otherwise('its smoke should have stopped it unseen', view);
    narrator.aside(reasonOf(view));
    return narration.noneSaw;
  });
}

/** A release that only its users find broken: the watch brings back the one before. */
async function watch(show: Show): Promise<void> {
  const { narrator, environment, before, signal } = show;
  narrator.part(narration.bad);
  const release = await show.cut('bad');
  await watched(show, 'watch', async (visitor) => {
    narrator.say(narration.promotes(release, environment));
    const hear = sayingAt(
      {
        'smoke succeeded': narration.smokeSaysYes,
        'shift succeeded': narration.allTraffic,
        'watch failed': narration.watchSaysNo,
      },
      show,
    );
    const view = await followed(show, 'watch', { kind: 'promote', release, hear });
    if (!ended(view, 'watch failed') || !ended(view, 'rollback succeeded'))
      throw otherwise('its watch should have brought it back', view);
    // So many in a row are no accident.
    const visits = await met(
      visitor.until(({ failed, wellSince }) => failed > 0 && wellSince >= 10, within(signal)),
      view,
    );
    narrator.aside(reasonOf(view));
    return narration.backByItself(before, visits);
  });
}

/** A good release, and back at a word. */
async function rollback(show: Show): Promise<void> {
  const { narrator, environment, before, signal } = show;
  narrator.part(narration.rollback);
  const release = await show.cut('good');
  await watched(show, 'rollback', async (visitor) => {
    narrator.say(narration.promotes(release, environment));
    const hear = sayingAt({ 'shift succeeded': narration.allTraffic }, show);
    const there = await followed(show, 'rollback', { kind: 'promote', release, hear });
    if (there.state !== 'succeeded') throw otherwise('the good release should have gone live', there);
    await met(
      visitor.until(({ byRelease }) => byRelease.has(release), within(signal)),
      there,
    );
    narrator.say(narration.good);
    narrator.say(`  $ soundbite rollback ${environment}`);
    const asked = performance.now();
    const back = await followed(show, 'rollback', { kind: 'rollback', release: before });
    const seconds = (performance.now() - asked) / 1000;
    const { failed } = await visitor.leave();
    if (back.state !== 'succeeded' || failed > 0) throw otherwise('the old release should have come back', back);
    narrator.fact('rolled-back', { promotion: back.promotion, release: before, seconds });
    return narration.rolledBack(before, seconds);
  });
}

/** A visitor meets what is live many times a second: who has not met it by then never will. */
const meetsWithinMs = 30_000;

const within = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(meetsWithinMs)]);

async function met(visits: Promise<Visits>, view: PromotionView): Promise<Visits> {
  try {
    return await visits;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error;
    throw otherwise('the client should have met it', view);
  }
}

type Ended = `${PromotionView['steps'][number]['name']} ${'succeeded' | 'failed'}`;

const ended = ({ steps }: PromotionView, wanted: Ended): boolean =>
  steps.some(({ name, state }) => `${name} ${state}` === wanted);

/** What is said as soon as a step has ended so. */
const sayingAt =
  (texts: Partial<Record<Ended, string>>, { narrator }: Show) =>
  ({ name, state }: PromotionView['steps'][number]): void => {
    const text = texts[`${name} ${state}` as Ended];
    if (text !== undefined) narrator.say(text);
  };

/** The service's own narration, short enough for a line or two. */
const reasonOf = ({ reason }: PromotionView): string => clip(reason ?? '', 200);
