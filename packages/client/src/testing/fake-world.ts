import {
  askedOf,
  type Digest,
  entryHash,
  isFinal,
  type LedgerEntry,
  type PromotionRequest,
  restOf,
  SoundBiteError,
  type StepName,
} from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import { declared, names } from './fake-declaration.ts';
import { fakeReleases, unknown } from './fake-releases.ts';

export type FakeWorld = ReturnType<typeof makeWorld>;

const stepsOf: Readonly<Record<PromotionRequest['kind'], readonly StepName[]>> = {
  promote: ['verify', 'plan', 'infrastructure', 'publish', 'smoke', 'shift', 'watch', 'finalise'],
  rollback: ['verify', 'publish', 'shift', 'finalise'],
};

/** The state behind the fake control plane; see fake-control-plane.ts for what it promises. `live` names what is live where. */
export function makeWorld(live: Partial<Record<string, Digest>> = {}) {
  const environments = new Map(
    names.map((name, index) => [
      name as string,
      {
        declaration: declared(name, index),
        live: live[name] ?? null,
        previous: null as Digest | null,
        generation: 1,
        state: undefined as schemas.EnvironmentState | undefined,
      },
    ]),
  );
  const promotions = new Map<string, schemas.PromotionView>();
  const keys = new Map<string, string>();
  const waiters = new Set<() => void>();
  const sessions = new Map<string, schemas.DevState>();
  const ledger: LedgerEntry[] = [];

  const at = (name: string) => {
    const found = environments.get(name);
    if (!found) throw unknown('environment', name);
    return found;
  };
  const lookedAt = (name: string) => {
    const found = at(name);
    const why = world.broken.get(name);
    if (why !== undefined) throw new SoundBiteError('stack-missing', why, { hint: 'soundbite up' });
    return found;
  };
  const byId = (id: string) => {
    const found = promotions.get(id);
    if (!found) throw unknown('promotion', id);
    return found;
  };
  const unfinished = (environment: string) =>
    [...promotions.values()].find((view) => view.environment === environment && !isFinal(view.state));
  const put = (view: schemas.PromotionView) => {
    promotions.set(view.promotion, { ...view, revision: view.revision + 1 });
    for (const wake of waiters) wake();
    return byId(view.promotion);
  };
  const record = (kind: string, subject: string, payload: unknown) => {
    const last = ledger.at(-1);
    const rest = {
      sequence: (last?.sequence ?? 0) + 1,
      at: now(),
      kind,
      subject,
      payload,
      previous: last?.hash ?? null,
    };
    ledger.push({ ...rest, hash: entryHash(rest) });
  };
  const requests = new Map<string, PromotionRequest>();
  const goOn = ({ promotion, release, rest: [environment, ...rest] }: schemas.PromotionView): string | null => {
    const { idempotencyKey: _, ...request } = requests.get(promotion) ?? {};
    if (!environment) return null;
    return world.promote({ ...(request as PromotionRequest), environment, release }, rest).promotion;
  };
  const now = () => new Date().toISOString();

  const releases = fakeReleases((release) => names.filter((name) => at(name).live === release));

  const world = {
    ...releases,
    names,
    url: '',
    /** Promotions go through by themselves as soon as somebody asks for them. */
    auto: false,
    logLines: [] as schemas.LogLine[],
    followers: new Set<(line: schemas.LogLine) => void>(),
    doctor: { ok: true, findings: [{ name: 'postgres', ok: true, detail: '18.4' }] } as schemas.Findings,
    findings: [{ name: 'account', ok: true, detail: '000000000003' }] as schemas.FindingView[],
    upLines: ['postgres runs', 'five environments are healthy'],
    /** How often the connection of an `up` breaks after its progress, before one comes through. */
    upBreaks: 0,
    upError: null as SoundBiteError | null,
    /** What each `up` named. */
    upAsked: [] as (readonly string[])[],
    upStopped: null as string | null,
    /** Environments that cannot be looked at, and why. */
    broken: new Map<string, string>(),
    devFiles: [] as string[],
    /** The installation that has an environment, where it is another than this one. */
    heldElsewhere: new Map<string, string>(),
    /** The state of an environment, whatever its release. */
    setState(name: string, state: schemas.EnvironmentState) {
      at(name).state = state;
    },
    all: () => [...promotions.values()],

    status(chosen: readonly string[] = names): schemas.Status {
      for (const name of chosen) at(name);
      return {
        controlPlane: { url: world.url, pid: process.pid },
        environments: names
          .filter((name) => chosen.includes(name))
          .map((name) => {
            const { declaration, live: release, state } = at(name);
            const current = unfinished(name);
            return {
              name,
              state: state ?? (release ? 'healthy' : 'empty'),
              release,
              url: `http://127.0.0.1:${declaration.port}`,
              runtime: declaration.runtime,
              cloud: {
                kind: 'emulated',
                account: declaration.cloud.account,
                region: 'us-east-1',
                endpoint: 'http://127.0.0.1:4566',
              },
              findings: [],
              promotion: current
                ? {
                    id: current.promotion,
                    release: current.release,
                    state: current.state,
                    step: current.steps.find((step) => step.state === 'running')?.name ?? null,
                  }
                : null,
            };
          }),
      };
    },

    environment(name: string): schemas.EnvironmentView {
      const { declaration, live: liveRelease, previous: previousRelease, generation } = at(name);
      return {
        name,
        url: `http://127.0.0.1:${declaration.port}`,
        declaration,
        record: { liveRelease, previousRelease, infrastructureRelease: liveRelease, generation },
      };
    },

    promote(request: PromotionRequest, rest = restOf(names, request)): schemas.PromotionView {
      const known = keys.get(request.idempotencyKey ?? '');
      if (known) return byId(known);
      const target = at(request.environment);
      const before = names[names.indexOf(request.environment as (typeof names)[number]) - 1];
      const wished =
        request.release ?? (request.kind === 'rollback' ? target.previous : before ? at(before).live : null);
      if (!wished)
        throw new SoundBiteError('nothing-to-promote', `nothing can go to ${request.environment}`, {
          hint: 'soundbite deploy',
        });
      if (request.kind === 'promote' && before && at(before).live !== wished && !request.override) {
        throw new SoundBiteError('order', `${wished.slice(0, 19)} is not live in ${before}`, {
          hint: `soundbite promote ${before}`,
        });
      }
      const holder = unfinished(request.environment);
      const view = put({
        promotion: `p-${promotions.size + 1}`,
        environment: request.environment,
        kind: request.kind,
        release: wished,
        previous: target.live,
        state: holder ? 'waiting' : 'running',
        admission: null,
        reason: holder ? `${holder.promotion} holds ${request.environment}` : null,
        steps: holder ? [] : [{ name: 'verify', state: 'running', seconds: null }],
        planned: [],
        createdAt: now(),
        finishedAt: null,
        actor: request.actor,
        asked: askedOf(request),
        rest,
        next: null,
        revision: 0,
      });
      if (request.idempotencyKey) keys.set(request.idempotencyKey, view.promotion);
      requests.set(view.promotion, request);
      record('promotion.requested', view.promotion, request);
      if (world.auto) setImmediate(() => world.end(view.promotion, 'succeeded'));
      return view;
    },

    /** Ends the present step well and starts the next one; after the last the promotion succeeds. */
    advance(id: string): schemas.PromotionView {
      const view = byId(id);
      const order = stepsOf[view.kind];
      const done = view.steps.map((step) =>
        step.state === 'running' ? { ...step, state: 'succeeded' as const, seconds: 0.1 } : step,
      );
      const next = order[done.length];
      if (!next) return world.end(id, 'succeeded');
      return put({ ...view, state: 'running', steps: [...done, { name: next, state: 'running', seconds: null }] });
    },

    /** Ends a promotion at once; `succeeded` goes through all its steps (with a reason: it was stopped when it was done), anything else leaves the present step as failed. */
    end(
      id: string,
      state: 'succeeded' | 'failed' | 'errored' | 'aborted',
      reason: string | null = null,
    ): schemas.PromotionView {
      const view = byId(id);
      const steps =
        state === 'succeeded'
          ? stepsOf[view.kind].map((name) => ({ name, state: 'succeeded' as const, seconds: 0.1 }))
          : view.steps.map((step) =>
              step.state === 'running'
                ? { ...step, state: state === 'errored' ? ('errored' as const) : ('failed' as const), seconds: 0.2 }
                : step,
            );
      if (state === 'succeeded') {
        const target = at(view.environment);
        if (target.live !== view.release) target.previous = target.live;
        target.live = view.release;
      }
      record('promotion.finished', id, { state, reason });
      const next = state === 'succeeded' && reason === null ? goOn(view) : null;
      const notBegun = next === null && view.rest.length > 0 ? `; not begun: ${view.rest.join(', ')}` : '';
      return put({ ...view, state, reason: reason && `${reason}${notBegun}`, steps, next, finishedAt: now() });
    },

    abort(id: string, reason = 'a person stopped it'): schemas.PromotionView {
      const view = byId(id);
      if (view.next) return world.abort(view.next, reason);
      return isFinal(view.state) ? view : world.end(id, 'aborted', reason);
    },

    promotion: byId,

    /** Resolves when the promotion has another revision than `seen`, or after `waitMs`. */
    changed(id: string, seen: number, waitMs: number): Promise<void> {
      return new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          waiters.delete(wake);
          resolve();
        };
        const wake = () => {
          if (byId(id).revision !== seen) finish();
        };
        const timer = setTimeout(finish, waitMs);
        waiters.add(wake);
        wake();
      });
    },

    history(environment: string | null, limit: number): schemas.PromotionList {
      if (environment) at(environment);
      const found = [...promotions.values()]
        .reverse()
        .filter((view) => !environment || view.environment === environment);
      return { promotions: found.slice(0, limit) };
    },

    ledger,
    ledgerPage: (after: number, limit: number): schemas.LedgerPage => ({
      entries: ledger.filter(({ sequence }) => sequence > after).slice(0, limit),
    }),

    plan(name: string, release: string | null): schemas.Plan {
      const { live: current } = lookedAt(name);
      return {
        environment: name,
        release: (release ?? `sha256:${'e'.repeat(64)}`) as Digest,
        current,
        commits: [{ commit: 'c'.repeat(40), subject: 'Speak louder' }],
        removals: [],
        resources: [{ id: 'Queue', type: 'AWS::SQS::Queue', change: 'modify' }],
        missing: [],
        changed: [],
        leftovers: [],
        settings: [{ path: 'limits.textBytes', from: 3000, to: 4000 }],
        admission: { admitted: true, note: 'healthy in the one before' },
        steps: [{ name: 'verify', does: 'compare', expectedSeconds: 0.2 }],
        expectedSeconds: 0.2,
      };
    },
    validate(name: string): schemas.Findings {
      lookedAt(name);
      return { environment: name, ok: world.findings.every(({ ok }) => ok), findings: world.findings };
    },
    health(chosen?: readonly string[]): schemas.HealthReport {
      const { environments: all } = world.status(chosen);
      return {
        environments: all.map((one) => ({
          name: one.name,
          state: one.state,
          release: one.release,
          findings: world.findings,
          restarts: 0,
          jobs: { waiting: 0, oldestSeconds: null },
        })),
      };
    },
    bootstrap(name: string): schemas.BootstrapResult {
      at(name);
      return { environment: name, changed: true };
    },
    destroy(name: string, confirm: string): schemas.DestroyResult {
      if (confirm !== name)
        throw new SoundBiteError('not-confirmed', `"${confirm}" is not ${name}`, {
          hint: `type the name: soundbite destroy ${name}`,
        });
      at(name).live = null;
      return { environment: name, destroyed: true };
    },
    takeOver(name: string, confirm: string): schemas.TakeoverResult {
      if (confirm !== name)
        throw new SoundBiteError('not-confirmed', `"${confirm}" is not ${name}`, {
          hint: `soundbite takeover ${name} --confirm ${name}`,
        });
      const from = world.heldElsewhere.get(name) ?? null;
      world.heldElsewhere.delete(name);
      return { environment: name, changed: from !== null, from, live: at(name).live };
    },
    access(name: string): schemas.AccountAccess {
      const { cloud } = at(name).declaration;
      return {
        environment: name,
        kind: cloud.kind,
        account: cloud.account,
        region: cloud.region,
        endpoint: cloud.kind === 'emulated' ? 'http://127.0.0.1:8110' : null,
        credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: null, expiration: null },
      };
    },
    startDev(name: string): schemas.DevSession {
      const session = `dev-${sessions.size + 1}`;
      sessions.set(session, { session, reloads: 1, problem: null });
      return { session, environment: name, url: `http://127.0.0.1:${at(name).declaration.port}`, silenceSeconds: 16 };
    },
    beatDev(session: string, files: readonly string[]): schemas.DevState {
      const state = sessions.get(session);
      if (!state) throw unknown('session', session);
      world.devFiles.push(...files);
      const next = { ...state, reloads: state.reloads + (files.length > 0 ? 1 : 0) };
      sessions.set(session, next);
      return next;
    },
    endDev(session: string): schemas.DevEnd {
      sessions.delete(session);
      return { session };
    },
    sessions,
    /** Refuses where there is nothing to read from. */
    demandLogs: (name: string) => void lookedAt(name),
    /** The service says something: whoever follows hears it. */
    log(line: schemas.LogLine) {
      world.logLines.push(line);
      for (const tell of world.followers) tell(line);
    },
  };
  return world;
}
