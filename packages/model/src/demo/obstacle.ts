import type { Environment } from '../declaration/shape.ts';
import type { Digest } from '../digest.ts';
import type { ErrorCode } from '../error-codes.ts';
import { type Freeze, freezeText } from '../flow/freeze.ts';
import { type Hold, holdText } from '../flow/hold.ts';
import { shortDigest } from '../short-digest.ts';

/** An environment, as far as a demo looks at it. */
export interface DemoPlace {
  readonly name: string;
  readonly state: 'healthy' | 'degraded' | 'down' | 'empty';
  readonly release: Digest | null;
  readonly url: string | null;
  readonly cloud: Pick<Environment['cloud'], 'kind'>;
  readonly promotion: { readonly id: string } | null;
  readonly freezes: readonly Freeze[];
  readonly holds: readonly Hold[];
  readonly taints: readonly { readonly ended?: unknown }[];
  readonly blocked: object | null;
}

/** Why there is no demo now, and what to do about that. */
export interface DemoObstacle {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** What it brings in is broken on purpose: nothing real, and nobody else, may meet it. */
export function demoIsReal(
  environments: readonly Pick<DemoPlace, 'name' | 'cloud'>[],
  sharedStore: string | null,
): DemoObstacle | null {
  const real = environments.find(({ cloud }) => cloud.kind === 'real');
  if (real)
    return {
      code: 'demo-real',
      message: `${real.name} is on a real account, and a demo brings in what is broken on purpose`,
      hint: 'run it in a clone of its own, where environments.yaml stands alone',
    };
  if (sharedStore === null) return null;
  return {
    code: 'demo-real',
    message: `releases are shared in ${sharedStore}, and a demo cuts what is broken on purpose`,
    hint: 'unset SOUNDBITE_RELEASE_STORE, then: soundbite up',
  };
}

/** The gates that a demo shows at work must be declared where it shows them. */
export function demoIsUnfit({ name, gates }: Pick<Environment, 'name' | 'gates'>): DemoObstacle | null {
  const watch = gates.find(({ gate }) => gate === 'watch');
  const seconds = Number(watch?.emulated?.seconds ?? watch?.options.seconds ?? 0);
  const lacks = gates.some(({ gate }) => gate === 'smoke') ? (seconds > 0 ? null : 'watch') : 'smoke';
  if (lacks === null) return null;
  const message = lacks === 'smoke' ? `${name} declares no smoke` : `${name} declares no watch of a second or more`;
  return { code: 'demo-unfit', message, hint: `declare ${lacks} among its gates: docs/reference/gates.md` };
}

/** What else goes on, or keeps releases out. The last environment is the one in which it is shown. */
export function demoIsUntimely(environments: readonly DemoPlace[]): DemoObstacle | null {
  const busy = environments.find(({ promotion }) => promotion !== null);
  if (busy)
    return not(
      `promotion ${busy.promotion?.id} is under way in ${busy.name}`,
      `wait for it: soundbite promote --attach ${busy.promotion?.id}`,
    );
  const last = environments.at(-1);
  if (!last) return null;
  const { name } = last;
  const [[freeze], [hold], [taint]] = [last.freezes, last.holds, last.taints.filter(({ ended }) => !ended)];
  if (freeze) return not(freezeText(freeze), `soundbite freeze list ${name}`);
  if (hold) return not(holdText(hold), `soundbite resume ${name}`);
  if (taint) return not(`${name} was changed outside of promotions`, `soundbite taint list ${name}`);
  if (last.blocked) return not(`the release of ${name} is blocked`, `soundbite status ${name}`);
  return last.state === 'healthy' ? null : not(`${name} is ${last.state}`, `soundbite doctor ${name}`);
}

/** A demo's releases are what is live but for one edit: a promotion of anything else would change more than can be put back. */
export const demoIsOfOther = (place: Pick<DemoPlace, 'name' | 'release'>, tree: Digest): DemoObstacle | null =>
  place.release === tree
    ? null
    : not(
        `${place.name} has ${shortDigest(place.release ?? '')}, and the working tree is ${shortDigest(tree)}`,
        `bring it there first: soundbite deploy ${place.name}`,
      );

const not = (message: string, hint: string): DemoObstacle => ({ code: 'demo-not-now', message, hint });
