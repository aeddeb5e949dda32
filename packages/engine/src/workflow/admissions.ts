import {
  type Acting,
  type AdmissionFacts,
  admit,
  belowFloor,
  blockText,
  bringsProgram,
  cloudTrouble,
  type Dated,
  type Digest,
  decideFlow,
  declaredOtherwiseNote,
  type Environment,
  findingsOf,
  findingsToRaise,
  type GateRecord,
  lackingTests,
  overridingOf,
  rowOfError,
  SoundBiteError,
  shortDigest,
  supersededText,
  supersedes,
  type Taint,
  toErrorDocument,
} from '@soundbite/model';
import { patience } from '../patience.ts';
import type { PromotionPorts } from '../ports.ts';
import type { Decision } from '../store/admission.ts';
import type { Asked } from '../store/promotion-rows.ts';
import type { Records } from '../store/records.ts';
import { isAdopted } from './adopted.ts';
import { askedAnew, type DearAnswers } from './dear-answers.ts';
import { declaredOtherwise } from './declared-otherwise.ts';
import { askEntryGates, type EntryQuestion, isDear } from './entry-gates.ts';
import { askFlow } from './flow.ts';
import { isTransient } from './outcome.ts';
import { beforeOf, declared } from './run.ts';

/** Whether a promotion may enter its environment, by today's declaration and records. Nothing is held meanwhile. */
export async function decideAdmission(
  ports: PromotionPorts,
  records: Records,
  asked: Asked,
  answers: DearAnswers = askedAnew,
): Promise<Decision> {
  const decision = await decide(ports, records, asked, answers);
  const environment = readable(() => declared(ports, asked.request.environment));
  if (decision.is !== 'admitted' || !environment) return decision;
  const other = await declaredOtherwise(records, environment);
  return {
    ...decision,
    note: other ? `${decision.note}; ${declaredOtherwiseNote(other)}` : decision.note,
    declared: environment,
  };
}

/**
 * Null if the declaration cannot be read: a rollback is admitted anyway, and stops what is under way. When its turn comes it waits for the
 * declaration, and says so.
 */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

async function decide(ports: PromotionPorts, records: Records, asked: Asked, answers: DearAnswers): Promise<Decision> {
  const { request, release, createdAt } = asked;
  try {
    if (request.kind === 'rollback') return await admitRollback(records, request.environment, request.release);
    const newer = await supersededBy(ports, records, asked);
    if (newer) return { is: 'refused', reason: supersededText(newer) };
    const facts = await factsOf(ports, records, request, release);
    const admission = admit(facts);
    if (admission.admitted)
      return await throughGates(ports, records, asked, { ...facts, note: admission.note, answers });
    const isUnwell = facts.before?.liveRelease === release && !facts.before.healthy;
    if (isUnwell && !facts.override && Date.now() - createdAt < unwellWithinMs(ports, request.environment))
      return { is: 'held', reason: admission.reason, againInMs: patience.admission.againMs };
    return { is: 'refused', reason: `${admission.reason}; ${admission.hint}` };
  } catch (error) {
    const { verdict } = rowOfError(error);
    const { message, hint } = toErrorDocument(error);
    const reason = `${message}; ${hint}`;
    if (verdict !== 'machinery') return { is: 'refused', reason };
    if (isTransient(error) || !(error instanceof SoundBiteError || cloudTrouble(error))) throw error;
    // A person has to fix it first: it says so meanwhile.
    return { is: 'held', reason, againInMs: patience.admission.afterFixMs, waitsFor: 'person' };
  }
}

/** The promotion that closes it, where that is declared. Of a release that cannot be read nothing is known. */
async function supersededBy(ports: PromotionPorts, records: Records, asked: Asked): Promise<Dated | undefined> {
  const { id, request, release } = asked;
  const { environment } = request;
  if (!declared(ports, environment).supersede) return undefined;
  // Where drift is asked for, the newer one waits for what brings the live release back.
  if ((await records.environment(environment)).liveRelease === release) return undefined;
  const later = await records.askedLater(id);
  const committed = new Map<Digest, string | null>();
  for (const one of later.length > 0 ? [release, ...later.map((found) => found.release)] : [])
    if (!committed.has(one)) committed.set(one, await committedAt(ports, one));
  const dated = <One extends { readonly release: Digest }>(one: One) => {
    return { ...one, committedAt: committed.get(one.release) ?? null };
  };
  return supersedes(dated({ release }), later.map(dated));
}

const committedAt = ({ releases }: PromotionPorts, release: Digest): Promise<string | null> =>
  releases.get(release).then(
    ({ provenance }) => provenance.committedAt,
    () => null,
  );

/** Why the order lets it in, and what dear gates said of it. */
interface LetIn {
  readonly note: string;
  readonly answers: DearAnswers;
}

/** What the order lets in has to come at a time when things may, and to pass the entry gates. What stood there before SoundBite did has nothing to prove. */
async function throughGates(
  ports: PromotionPorts,
  records: Records,
  asked: Asked,
  { note, answers, isAdopted, isLiveHere }: Pick<AdmissionFacts, 'isAdopted' | 'isLiveHere'> & LetIn,
): Promise<Decision> {
  const environment = declared(ports, asked.request.environment);
  const before = beforeOf(ports, environment);
  const { request, release } = asked;
  const { id: promotion } = asked;
  const said = { overriding: overridingOf(request), fixForward: request.fixForward ?? null };
  const found = taintsFound(records);
  const who = { promotion, requester: request.actor, askedAt: asked.createdAt };
  const asking = { ports, records, release, ...who, ...said, environment, before };
  const flow = await askFlow(records, asked, { isLiveHere, before });
  const isKept = flow.some(({ verdict }) => verdict !== 'overridden');
  const [declaredGates, later] = await Promise.all([
    isAdopted ? [] : askEntryGates({ ...asking, changed: found.changed }, answers, isKept),
    isAdopted ? [] : neverPassed(ports, environment, release),
  ]);
  // A gate may have found that an environment was changed: that is on record now.
  const acts = found.any() ? await askFlow(records, asked, { isLiveHere, before }) : flow;
  const gates = [...acts, ...declaredGates, ...later];
  const saying = (verdict: GateRecord['verdict']) => gates.filter((one) => one.verdict === verdict);
  const failed = saying('fail');
  if (failed.length > 0) return { is: 'refused', reason: gatesText(failed), gates };
  const open = [...saying('wait'), ...saying('errored')];
  if (open.length === 0) return { is: 'admitted', note, gates };
  const isTime = open.every(({ until }) => until !== null);
  const againInMs = Math.min(...open.map(againMs), patience.admission.gatesMs);
  return { is: 'held', reason: gatesText(open), againInMs, gates, ...(isTime ? {} : { waitsFor: 'person' as const }) };
}

/** Writes down what gates find on their way. */
function taintsFound(records: Records): { readonly changed: EntryQuestion['changed']; any(): boolean } {
  let any = false;
  return {
    any: () => any,
    async changed({ environment, differences, lastEnded }) {
      any = true;
      return records.tainted({ environment, why: 'drift', findings: [...findingsOf(differences)], lastEnded });
    },
  };
}

/** Gates of later moments that a release cannot pass: said before anything changes. What is wrong with one that cannot be read its first step says. */
async function neverPassed({ releases }: PromotionPorts, environment: Environment, release: Digest) {
  const manifest = await releases.get(release).then(
    (found) => found.manifest,
    () => null,
  );
  return manifest === null ? [] : lackingTests(environment, bringsProgram(manifest, 'tests'));
}

/** Asked again when time alone may have changed its mind; else soon, or later where asking is dear. */
const againMs = ({ until, gate }: GateRecord): number => {
  const { afterFixMs, gatesMs } = patience.admission;
  if (until !== null) return Math.max(Date.parse(until) - Date.now(), 1);
  return isDear(gate) ? gatesMs : afterFixMs;
};

const gatesText = (gates: readonly GateRecord[]): string =>
  gates.map(({ gate, reasons }) => `${gate}: ${reasons.join(', ')}`).join('; ');

/** Whose changes may change a decision, as events name them: its environment, the one before, and its release, of which evidence may come. */
export function subjectsOf(
  ports: PromotionPorts,
  records: Records,
  { request, site, release }: Asked,
): readonly string[] {
  const before = readable(() => beforeOf(ports, declared(ports, request.environment)));
  return before ? [site, records.sites.of(before.name), release] : [site, release];
}

/** How long an unhealthy previous environment is checked again, in ms. */
function unwellWithinMs(ports: PromotionPorts, name: string): number {
  const before = beforeOf(ports, declared(ports, name));
  const everyMs = before ? ports.runtime(before.runtime).looksEveryMs(before) : 0;
  return Math.max(patience.admission.healthyWithinMs, 1.5 * everyMs);
}

/** A rollback goes only to what was live here. */
async function admitRollback(
  records: Records,
  environment: string,
  release: Asked['request']['release'],
): Promise<Decision> {
  if (release === undefined) return { is: 'admitted', note: 'to what was live before' };
  const block = await records.blockOf(release);
  if (block?.blocked) return { is: 'refused', reason: blockText(block) };
  const floor = await records.floorAbove(environment, release);
  if (floor) {
    const { reason, hint } = belowFloor(environment, floor, release);
    return { is: 'refused', reason: `${reason}; ${hint}` };
  }
  if (await records.wasLive(environment, release))
    return { is: 'admitted', note: `${shortDigest(release)} was live in ${environment} before` };
  const reason = `${shortDigest(release)} was never live in ${environment}; soundbite history shows what was`;
  return { is: 'refused', reason };
}

async function factsOf(
  ports: PromotionPorts,
  records: Records,
  request: Asked['request'],
  release: Asked['release'],
): Promise<AdmissionFacts> {
  const { environment: name, reason } = request;
  const environment = declared(ports, name);
  const before = beforeOf(ports, environment);
  return {
    environment: name,
    release,
    before: before ? await factsBefore(ports, records, before, release) : null,
    wasLiveHere: await records.wasLive(name, release),
    isLiveHere: (await records.environment(name)).liveRelease === release,
    isAdopted: await isAdopted(ports, release),
    floor: await records.floorAbove(name, release),
    override: overridingOf(request) !== null,
    reason,
  };
}

/** What acts on an environment and its entry gates would say of a release now. Errors: `environment-unknown`. */
export async function entryGatesNow(
  ports: PromotionPorts,
  records: Records,
  name: string,
  { release, requester }: { readonly release: Asked['release']; readonly requester: string | null },
): Promise<readonly GateRecord[]> {
  const environment = declared(ports, name);
  const { liveRelease } = await records.environment(name);
  const person = { release, isAutomatic: false, isLiveHere: liveRelease === release };
  const before = beforeOf(ports, environment);
  const acting = await records.acting(name, release, before?.name);
  if (await isAdopted(ports, release)) return decideFlow(acting, person, Date.now());
  const found: Taint[] = [];
  const asking = { ports, records, release, promotion: null, requester, ...unsaid, environment, before };
  const gates = await askEntryGates(
    { ...asking, changed: notingChange(before?.name, acting.before, found) },
    askedAnew,
  );
  const seen = acting.before && { ...acting.before, taints: [...found, ...acting.before.taints] };
  const later = await neverPassed(ports, environment, release);
  return [...decideFlow({ ...acting, before: seen }, person, Date.now()), ...gates, ...later];
}

/** Who only asks writes nothing down: what was found of the environment before is told as the taint that it would be. */
const notingChange =
  (name: string | undefined, before: Acting['before'], found: Taint[]): EntryQuestion['changed'] =>
  async ({ environment, differences }) => {
    if (environment !== name || !before?.live) return true;
    const findings = [...findingsToRaise('drift', findingsOf(differences), before.taints)];
    const since = new Date().toISOString();
    if (findings.length > 0)
      found.push({
        ...{ id: 'unrecorded', environment, why: 'drift', findings, since, release: before.live },
        ...open,
      });
    return true;
  };

const open = { by: null, ended: null, endedAs: null, reason: null, promotion: null };

const unsaid = { askedAt: null, overriding: null, fixForward: null };

async function factsBefore(
  ports: PromotionPorts,
  records: Records,
  environment: Environment,
  release: Asked['release'],
): Promise<AdmissionFacts['before']> {
  const { liveRelease } = await records.environment(environment.name);
  const healthy = liveRelease === release && (await ports.healthy(environment, release));
  return { name: environment.name, liveRelease, healthy };
}
