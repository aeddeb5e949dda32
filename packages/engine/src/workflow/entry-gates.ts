import {
  type ApprovalFacts,
  type Difference,
  type Differences,
  type Digest,
  type EntryEvidence,
  type EntryGate,
  type Environment,
  type EnvironmentRecord,
  entryGates,
  errorFor,
  type GateHere,
  type GateRecord,
  gatesAt,
  isAllowed,
  localActor,
  nothingTallied,
  OverriddenBy,
  type Overriding,
  operationalRoutes,
  overrides,
  ownerRole,
  type RequestsSince,
  receivedError,
  relaxedReasons,
  type Tally,
  tallied,
  toErrorDocument,
  usuallyOverriddenBy,
  waitAtMost,
  withinTime,
} from '@soundbite/model';
import type { z } from 'zod';
import type { PromotionPorts } from '../ports.ts';
import type { Records } from '../store/records.ts';
import type { DearAnswers } from './dear-answers.ts';
import { placeOfEnvironment } from './run.ts';

/** How an environment was changed outside of promotions, as a look saw it. */
export interface FoundChange {
  readonly environment: string;
  readonly differences: readonly Difference[];
  /** When the last promotion had ended there before the look (ISO 8601); null: none had. */
  readonly lastEnded: string | null;
}

/** The entry gates of an environment, and what has to be known to ask them. */
export interface EntryQuestion {
  readonly ports: PromotionPorts;
  readonly records: Records;
  readonly release: Digest;
  /** Null: nobody asked for one yet. */
  readonly promotion: string | null;
  /** When it was asked for, in ms since 1970; null: nobody did yet. */
  readonly askedAt: number | null;
  /** Who asks. */
  readonly requester: string | null;
  /** Who lets it in without them, and why; null: nobody does. */
  readonly overriding: Overriding | null;
  /** Why it enters although something is wrong there already; null: it does not. */
  readonly fixForward: string | null;
  readonly environment: Environment;
  /** The one that comes before it. */
  readonly before: Environment | undefined;
  /** Hears how an environment was changed outside of promotions; false: that does not count, since the look at it is out of date. */
  changed(change: FoundChange): Promise<boolean>;
}

/**
 * What each entry gate says now, in declared order. One that cannot be asked says so, and is asked again. While something else keeps the promotion
 * (`isKept`, or a gate that costs little), of a dear one its last answer will do.
 */
export async function askEntryGates(
  question: EntryQuestion,
  answers: DearAnswers,
  isKept = false,
  now = Date.now(),
): Promise<readonly GateRecord[]> {
  const here = gatesAt(question.environment, 'entry');
  const evidence = evidenceFor(question);
  const anew: Asking = async (one) => withinTime(await askOne(one, evidence, now), limitOf(one), question.askedAt, now);
  const said = new Map<GateHere, GateRecord>();
  const hear = (which: readonly GateHere[], ask: Asking) =>
    Promise.all(which.map(async (one) => said.set(one, await sayingOf(one, question, ask, now))));
  await hear(
    here.filter(({ gate }) => !isDear(gate)),
    anew,
  );
  const waits = isKept || [...said.values()].some(({ verdict }) => verdict !== 'pass' && verdict !== 'overridden');
  await hear(
    here.filter(({ gate }) => isDear(gate)),
    remembering(question.promotion, answers, { ask: anew, waits, now }),
  );
  return here.flatMap((one) => relaxed(one, said.get(one)));
}

/** What asked less than elsewhere says so; what was not asked has nothing to say of that. */
function relaxed(one: GateHere, said: GateRecord | undefined): readonly GateRecord[] {
  if (!said || said.verdict === 'overridden') return said ? [said] : [];
  return [{ ...said, reasons: [...said.reasons, ...relaxedReasons(one)] }];
}

type Asking = (one: GateHere) => Promise<GateRecord>;

/** Asks for a promotion that waits anyway only what was not answered within a minute. */
function remembering(
  promotion: string | null,
  answers: DearAnswers,
  { ask, waits, now }: { readonly ask: Asking; readonly waits: boolean; readonly now: number },
): Asking {
  if (promotion === null) return ask;
  return async (one) => {
    const kept = waits ? answers.kept(promotion, one.gate, now) : null;
    if (kept) return kept;
    const said = await ask(one);
    answers.keep(promotion, said, now);
    return said;
  };
}

/** What a gate says of somebody who may override it. */
async function sayingOf(one: GateHere, question: EntryQuestion, ask: Asking, now: number): Promise<GateRecord> {
  const { overriding } = question;
  if (overriding === null) return ask(one);
  const by = overriddenBy(one);
  return overrides(overriding, by)
    ? overridden(one, question, overriding.reason, now)
    : notOverridden(by, await ask(one));
}

/** What may be fixed forward is asked all the same: whoever overrides it has said why, and what goes on must be known later. */
async function overridden(one: GateHere, question: EntryQuestion, reason: string, now: number): Promise<GateRecord> {
  const { fixForward } = question;
  const evidence = evidenceFor({ ...question, fixForward: fixForward ?? reason });
  const { let: past } = kindOf(one.gate)?.isFixedForward ? await askOne(one, evidence, now) : {};
  const about = past ? [`${past.join(', ')} may go on`] : [];
  return record(one.gate, { verdict: 'overridden', reasons: [reason, ...about], ...(past && { let: past }) });
}

/** Of a gate that is not known nobody's: it says so itself. */
const overriddenBy = ({ gate, options }: GateHere): OverriddenBy => {
  const read = kindOf(gate)?.options.safeParse(options);
  return read?.success ? OverriddenBy.catch('nobody').parse(read.data.override ?? usuallyOverriddenBy) : 'nobody';
};

/** How long may be waited for it. */
const limitOf = ({ gate, options }: GateHere): string | undefined =>
  waitAtMost.catch(undefined).parse(kindOf(gate)?.options.safeParse(options).data?.waitAtMost);

/** Somebody wanted to, and is told whose word it takes. */
function notOverridden(by: OverriddenBy, said: GateRecord): GateRecord {
  if (said.verdict === 'pass') return said;
  const whose = by === 'nobody' ? 'no --override passes it' : `only an ${by}’s --override passes it`;
  return { ...said, reasons: [...said.reasons, whose] };
}

/** Whether asking a gate costs more than a look into the records. */
export const isDear = (gate: string): boolean => kindOf(gate)?.isDear === true;

/** Undefined of what is no declared gate: a freeze. */
const kindOf = (gate: string) =>
  entryGates[gate as keyof typeof entryGates] as unknown as EntryGate<z.ZodObject, unknown> | undefined;

async function askOne({ gate, options }: GateHere, evidence: EntryEvidence, now: number): Promise<GateRecord> {
  const kind = kindOf(gate);
  try {
    if (!kind) throw new TypeError(`there is no gate ${gate}`);
    const given = kind.options.parse(options);
    const { verdict, reasons, until, who, let: past = [] } = kind.decide(await kind.ask(evidence, given), given, now);
    return record(gate, {
      verdict,
      reasons: [...reasons],
      until: until === undefined ? null : asTime(until),
      ...(who && { who: [...who] }),
      ...(past.length > 0 && { let: [...past] }),
    });
  } catch (error) {
    const { message, hint } = toErrorDocument(error);
    return record(gate, { verdict: 'errored', reasons: [`${message}; ${hint}`] });
  }
}

const record = (
  gate: string,
  said: Pick<GateRecord, 'verdict' | 'reasons'> & Partial<Pick<GateRecord, 'until' | 'who' | 'let'>>,
): GateRecord => ({
  ...{ gate, moment: 'entry', until: null, seconds: null },
  ...said,
});

const asTime = (ms: number): string => new Date(ms).toISOString();

function evidenceFor(question: EntryQuestion): EntryEvidence {
  const { ports, records, release, before } = question;
  return {
    newest: (kind, by) => records.newestEvidence(release, kind, by),
    isLiveHere: async () => (await records.environment(question.environment.name)).liveRelease === release,
    before: async () =>
      before ? { environment: before.name, since: await records.liveSince(before.name, release) } : null,
    differences: () => differencesFor(question),
    approvals: ({ withAuthors }) => approvalsOf(question, withAuthors),
    fixForward: () => question.fixForward,
    async alarms(sought) {
      const { environment } = question;
      const { liveRelease } = await records.environment(environment.name);
      return liveRelease === null ? null : ports.alarms.find(await ports.clouds.of(environment), sought);
    },
    requestsBefore: async (since) => (before ? requestsIn(ports, before, release, since) : nothingTallied),
  };
}

type Changing = Extract<Differences, { readonly changing: string }>;

/** What is said is of the environment itself; from which it comes is looked at beside it, because a release goes on as it was tried there. */
async function differencesFor(question: EntryQuestion): Promise<Differences> {
  const { records, release, environment, before } = question;
  const standing = await records.environment(environment.name);
  if (standing.liveRelease === release) return 'restoring';
  const fed = differencesBefore(question, before);
  // Heard below, unless the environment itself cannot be looked at: then that is said.
  fed.catch(() => undefined);
  const here = await differencesIn(question, environment, standing);
  return (await fed) ?? here;
}

/** Null: what is there says nothing, or is on record now. */
async function differencesBefore(question: EntryQuestion, before: Environment | undefined): Promise<Changing | null> {
  if (!before) return null;
  const standing = await question.records.environment(before.name);
  if (standing.liveRelease !== question.release) return null;
  try {
    const found = await differencesIn(question, before, standing);
    return typeof found === 'object' && 'changing' in found ? found : null;
  } catch (error) {
    throw ofBefore(before.name, error);
  }
}

/** The gate is of another environment than the one that could not be looked at. */
function ofBefore(name: string, error: unknown): unknown {
  const document = toErrorDocument(errorFor(name, error));
  return receivedError(
    { ...document, message: `${name}, from which it comes, could not be looked at: ${document.message}` },
    error,
  );
}

/** Looked at only where it can say something: while something changes the environment a look sees half of that, and is repeated. */
async function differencesIn(
  { ports, records, changed }: EntryQuestion,
  environment: Environment,
  { liveRelease: live, infrastructureRelease: infrastructure }: EnvironmentRecord,
): Promise<Differences> {
  const { name } = environment;
  if (live === null) return 'empty';
  const { isChanging, half, lastEnded } = await records.changesBy(name);
  if (isChanging) return { changing: name };
  const differences = await ports.differences(environment, { live, infrastructure, half });
  const counts = differences.length === 0 || (await changed({ environment: name, differences, lastEnded }));
  return counts ? differences : { changing: name };
}

/** What people said, and who may: those with a token, and the home's owner where nothing is real. */
async function approvalsOf(question: EntryQuestion, withAuthors: boolean): Promise<ApprovalFacts> {
  const { ports, records, release, promotion, requester, environment } = question;
  const role = ownerRole(ports.declaration().environments, await records.hasAdmin());
  return {
    said: promotion === null ? [] : await records.approvalsOf(promotion, release),
    approvers: [
      ...(isAllowed({ role, environments: [] }, 'decide', []) ? [{ person: localActor, role }] : []),
      ...(await records.approversIn(environment.name)),
    ],
    requester,
    authors: withAuthors ? await authorsOf(question) : [],
  };
}

/** Whatever keeps them from being known, nobody passes for it. */
async function authorsOf({ ports, records, release, environment }: EntryQuestion): Promise<ApprovalFacts['authors']> {
  const { liveRelease } = await records.environment(environment.name);
  return ports.authors(liveRelease, release).catch((error: unknown) => {
    const { message, hint } = toErrorDocument(error);
    return { unknown: `${message}; ${hint}` };
  });
}

/**
 * What users asked since then, page by page until now: what was counted before is not kept, since a control plane may be another one each time. Users go on
 * asking meanwhile, so a page that says that it is the last one ends it, and so do many pages.
 */
async function requestsIn(
  ports: PromotionPorts,
  environment: Environment,
  release: Digest,
  time: number,
): Promise<Tally> {
  const place = await placeOfEnvironment(ports, environment);
  const state = await ports.infrastructure.state(environment, place.cloud);
  const paths = await place.runtime.healthPaths(environment, state?.outputs ?? null);
  const operational = operationalRoutes(paths);
  let tally = nothingTallied;
  let since: RequestsSince = { time };
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await place.runtime.requests(place, since);
    tally = tallied(tally, page.records, release, operational);
    if (!page.more) break;
    since = page.next;
  }
  return tally;
}

/** What one look reads at most; then it has seen enough users for any soak, or says that it has not. */
const mostPages = 200;
