import type { AskerView, DemoView, Matrix, Overview } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import { type Act, isFed, toDecide, toHold, toPromote, toResume, toRollBack, toThaw, whyNot } from '../acts/act.ts';
import { toShowDemo } from '../acts/act-on-demo.ts';
import { reachOf, toFreeze, toPromoteThrough } from '../acts/act-on-environment.ts';
import { subjectOf } from '../parts/cut-line.tsx';
import type { Route } from '../route.ts';
import { awaitedIn } from '../screens/approvals/awaited.ts';

/** Something that the palette leads to, or does. */
export interface Entry {
  readonly key: string;
  readonly title: string;
  /** Found by this, too. */
  readonly more: string;
  readonly does: Route | Act;
  /** Why the reader may not, and who may; null: they may. */
  readonly refusal: string | null;
}

interface Known {
  readonly overview: Overview | undefined;
  readonly releases: Matrix['releases'];
  readonly asker: AskerView | undefined;
  readonly demo: DemoView | undefined;
  /** Nobody acts in the past. */
  readonly isPast: boolean;
}

/** All nouns and verbs that there are: what waits for the reader, screens, environments, what is on its way, releases, then what can be done where. */
export function entriesIn({ overview, releases, asker, demo, isPast }: Known): readonly Entry[] {
  const acts = isPast || !overview ? [] : [...actsIn(overview, asker), ...demoIn(overview, demo)];
  const mine = isPast || !overview ? [] : decisionsIn(overview, asker);
  const refusable = (act: Act): Entry => ({
    ...{ key: `${act.verb} ${act.title} ${act.command('')}`, title: act.title, more: `${act.verb} ${act.command('')}` },
    ...{ does: act, refusal: whyNot(asker, act) },
  });
  return [
    ...mine.map(refusable),
    ...screenEntries,
    ...(overview ? placesIn(overview) : []),
    ...(overview ? promotionsIn(overview) : []),
    ...releases.map(releaseEntry),
    ...acts.map(refusable).toSorted((one, other) => Number(one.refusal !== null) - Number(other.refusal !== null)),
  ];
}

const going = (title: string, to: Route, more = ''): Entry => ({
  ...{ key: `${title} ${JSON.stringify(to)}`, title, more, does: to, refusal: null },
});

const screenEntries: readonly Entry[] = [
  going('Environments', { screen: 'environments' }, 'home'),
  going('Releases', { screen: 'releases' }, 'matrix'),
  going('Approvals', { screen: 'approvals' }, 'what waits for people'),
  going('Freezes', { screen: 'freezes' }, 'holds: what keeps releases out'),
  going('Ledger', { screen: 'ledger' }, 'what was done: facts, chain'),
  going('People', { screen: 'people' }, 'tokens: who may do what'),
];

const placesIn = ({ environments }: Overview): readonly Entry[] =>
  environments.map(({ environment, cut }) =>
    going(environment, { screen: 'environment', name: environment }, cut ? subjectOf(cut) : 'nothing is live'),
  );

/** What is under way, waits or failed last. */
function promotionsIn({ environments }: Overview): readonly Entry[] {
  const all = environments.flatMap(({ environment, running, failed, why }) =>
    [
      running && { ...running, is: 'is under way', by: running.actor },
      ...why.waits.map((one) => ({ ...one, is: 'waits' })),
      failed && { ...failed, is: failed.state, by: failed.actor },
    ].flatMap((one) => (one ? [{ ...one, environment }] : [])),
  );
  const once = new Map(all.toReversed().map((one) => [one.promotion, one]));
  return [...once.values()]
    .toReversed()
    .map(({ environment, promotion: id, is, release, cut, by }) =>
      going(
        `Promotion into ${environment}: ${is}`,
        { screen: 'promotion', id },
        `${cut ? `${subjectOf(cut)} ` : ''}${shortDigest(release)} ${by} ${id}`,
      ),
    );
}

const releaseEntry = ({ release, cut }: Matrix['releases'][number]): Entry =>
  going(
    cut ? subjectOf(cut) : `Release ${shortDigest(release)}`,
    { screen: 'release', release },
    `release ${shortDigest(release)} ${cut?.author ?? ''} ${cut?.commit ?? ''}`,
  );

/** A yes or a no to all that asks the reader. */
const decisionsIn = (overview: Overview, asker: AskerView | undefined): readonly Act[] =>
  awaitedIn(overview, asker)
    .filter(({ isMine }) => isMine)
    .flatMap(({ environment, wait: { promotion, release, kind } }) =>
      (['yes', 'no'] as const).map((verdict) => toDecide({ promotion, environment, release, kind }, verdict)),
    );

/** Where one can be shown, and none is. */
const demoIn = ({ environments }: Overview, demo: DemoView | undefined): readonly Act[] =>
  demo?.refusal === null && demo.run?.ended !== null
    ? [toShowDemo(environments.filter((place) => place.declared).map(({ environment }) => environment))]
    : [];

function actsIn({ environments }: Overview, asker: AskerView | undefined): readonly Act[] {
  const declared = environments.filter((place) => place.declared).map(({ environment }) => environment);
  return environments.flatMap((place, index) => {
    const { environment, why } = place;
    const canEnter = isFed(environments, index);
    const later = reachOf(asker, declared.slice(declared.indexOf(environment) + 1));
    return [
      ...(canEnter ? [toPromote(environment)] : []),
      ...(canEnter && later.length > 0 ? [toPromoteThrough(environment, later)] : []),
      ...(why.release === null ? [] : [toRollBack(environment)]),
      ...(place.declared ? [toHold(environment), toFreeze(environment)] : []),
      ...why.holds.map(toResume),
      ...why.freezes.map(toThaw),
    ];
  });
}
