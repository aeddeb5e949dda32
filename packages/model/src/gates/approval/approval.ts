import { z } from 'zod';
import type { Approval, ApprovalFacts, Approver } from '../../people/approval.ts';
import { Duration, durationMs } from '../duration.ts';
import { entryGate, type GateResult } from '../gate.ts';

const Options = z.strictObject({
  by: z.int().min(1).max(10).default(1).describe('how many different people'),
  role: z.enum(['approver', 'admin']).default('approver').describe('in which role; an admin is an approver, too'),
  self: z
    .boolean()
    .default(false)
    .describe('whether who asked for the promotion is one of them; true under `emulated:` alone'),
  authors: z
    .boolean()
    .default(true)
    .describe('whether who wrote the commits that the release adds, co-authors too, may be one of them'),
  within: Duration.default('24h').describe('how long a yes counts'),
});

/** People of a role said yes. */
export const approvalGate = entryGate({
  moments: ['entry'],
  overriddenBy: 'nobody',
  options: Options,
  onlyEmulated: { self: 'on a real cloud nobody says yes to what they ask for' },
  passes: 'so many different people of that role said yes (`soundbite approve <promotion>`), and nobody said no',
  ask: (evidence, { authors }) => evidence.approvals({ withAuthors: !authors }),
  decide,
});

function decide(facts: ApprovalFacts, options: z.output<typeof Options>, now: number): GateResult {
  const no = facts.said.find(({ verdict }) => verdict === 'no');
  if (no) return { verdict: 'fail', reasons: [`${no.person} said no${no.reason === null ? '' : `: ${no.reason}`}`] };
  const { authors } = facts;
  // Whoever says yes may be one of them.
  if ('unknown' in authors) return { verdict: 'wait', reasons: [authors.unknown], who: [] };
  return decideYes({ ...facts, authors }, options, now);
}

function decideYes(
  { said, approvers, requester, authors }: ApprovalFacts & { readonly authors: readonly string[] },
  { by, role, self, within }: z.output<typeof Options>,
  now: number,
): GateResult {
  const may = (one: Approver) =>
    (role === 'approver' || one.role === 'admin') &&
    (self || one.person !== requester) &&
    !authors.includes(one.person);
  const isFresh = ({ at }: Approval) => now - Date.parse(at) <= durationMs(within);
  const given = said.filter((one) => may(one) && isFresh(one)).map(({ person }) => person);
  // Where the asker may be one of them, to ask is to say yes.
  const asked =
    approvers.some((one) => self && one.person === requester && may(one)) && !given.includes(requester ?? '');
  const yes = asked && requester !== null ? [requester, ...given] : given;
  if (yes.length >= by) return { verdict: 'pass', reasons: [passed(yes, asked)] };
  const who = [...new Set(approvers.filter(may).map(({ person }) => person))].filter((person) => !yes.includes(person));
  const wrote = said
    .filter(({ person }) => authors.includes(person))
    .map(({ person }) => `${person} wrote a part of it`);
  return { verdict: 'wait', reasons: [missing(yes, { by, role }, who), ...wrote], who };
}

const passed = (yes: readonly string[], asked: boolean): string =>
  asked
    ? `${yes[0]} asked for it, which is a yes here (self)${yes.length > 1 ? `; ${yes.slice(1).join(' and ')} said yes` : ''}`
    : `${yes.join(' and ')} said yes`;

function missing(
  yes: readonly string[],
  { by, role }: Pick<z.output<typeof Options>, 'by' | 'role'>,
  who: readonly string[],
): string {
  const so = yes.length === 0 ? `${by} must say yes` : `${yes.length} of ${by} said yes (${yes.join(', ')})`;
  const lacks = by - yes.length - who.length;
  if (lacks > 0)
    return `${so}, and ${who.length === 0 ? 'nobody' : `only ${who.join(', ')}`} can: soundbite token create <name> --person <e-mail> --role ${role}`;
  return `${so}; ${who.join(', ')} can: soundbite approve`;
}
