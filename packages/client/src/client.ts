import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { isFinal, type PromotionRequest } from '@soundbite/model/promotion.ts';
import type { z } from 'zod';
import { patienceOf } from './patience.ts';
import {
  AccountAccess,
  BootstrapResult,
  CutResult,
  DestroyResult,
  DevEnd,
  DevList,
  DevSession,
  DevState,
  EnvironmentList,
  EnvironmentView,
  Findings,
  HealthReport,
  LedgerPage,
  LogLine,
  Plan,
  PromotionList,
  PromotionView,
  PushResult,
  ReleaseList,
  ReleaseView,
  RemoveResult,
  Status,
  TakeoverResult,
  UpLine,
  type UpRequest,
  VerifyResult,
} from './schemas.ts';
import { ask, type Endpoint, type Link, type Locate, lines } from './transport.ts';

/** How long whatever may be asked again tries to reach a control plane that went away, in ms. */
const patienceMs = 60_000;
/** How long the control plane may keep a long poll, in ms. */
const pollMs = 25_000;
/** After so long a stream that broke is asked for again, in ms. */
const breakMs = 250;

export interface ClientOptions {
  /** Told when the connection broke and is being tried again. */
  readonly onReconnect?: (error: unknown) => void;
  /** Told, once for each request, that a control plane was stopped from which the answer to a change goes on being awaited. */
  readonly onSilent?: (message: string) => void;
  readonly patienceMs?: number;
  /** How long a control plane may be silent until it counts as stopped, in ms. */
  readonly silentMs?: number;
}

export type Client = ReturnType<typeof connect>;

/**
 * The control plane's API with types. Errors are SoundBiteErrors: what the control plane said (its code, hint and source), or
 * `control-plane-down`, `connection-lost`, `answer-unexpected` (source system).
 */
export function connect(where: Endpoint | Locate, options: ClientOptions = {}) {
  const link: Link = { ...options, locate: typeof where === 'function' ? where : async () => where };
  const patience = options.patienceMs ?? patienceMs;

  const get = <T extends z.ZodType>(path: string, schema: T, signal?: AbortSignal) =>
    ask(link, { method: 'GET', path, signal }, schema);
  const post = <T extends z.ZodType>(path: string, body: unknown, schema: T) =>
    ask(link, { method: 'POST', path, body }, schema);

  /** Tries again while the connection is broken, for as long as the patience lasts; `first` decides whether a first refusal counts. */
  async function persist<T>(once: () => Promise<T>, signal?: AbortSignal, first = true): Promise<T> {
    const left = patienceOf(patience);
    for (let wait = 50, attempt = 0; ; wait = Math.min(wait * 2, 1000), attempt++) {
      try {
        return await once();
      } catch (error) {
        if ((!first && isNobody(error, attempt)) || !left.outlasts(error)) throw error;
        options.onReconnect?.(error);
        await pause(wait, undefined, signal === undefined ? {} : { signal });
        left.begins(wait);
      }
    }
  }

  /** For what is the same when it is asked twice. Nobody there from the start is said at once. */
  const insist = <T extends z.ZodType>(path: string, body: unknown, schema: T) =>
    persist(() => post(path, body, schema), undefined, false);

  /** Every change of a promotion, from its present state to its end; survives a restart of the control plane. */
  async function* watchPromotion(id: string, signal?: AbortSignal): AsyncGenerator<PromotionView, void, undefined> {
    let seen: number | undefined;
    for (;;) {
      const path = `/v1/promotions/${encodeURIComponent(id)}${query({ waitMs: seen === undefined ? undefined : pollMs, seen })}`;
      const view = await persist(() => get(path, PromotionView, signal), signal);
      if (view.revision !== seen) yield view;
      if (isFinal(view.state)) return;
      seen = view.revision;
    }
  }

  /** Progress, then the status. `up` asks for nothing twice, so it is asked for again when the control plane went away on the way. */
  async function* up(
    request: z.input<typeof UpRequest>,
    signal?: AbortSignal,
  ): AsyncGenerator<UpLine, void, undefined> {
    const left = patienceOf(patience);
    for (let attempt = 0; ; attempt++) {
      try {
        for await (const line of lines(link, { method: 'POST', path: '/v1/up', body: request, signal }, UpLine)) {
          left.heard();
          yield line;
          if (!('text' in line)) return;
        }
        throw new SoundBiteError('connection-lost', 'the control plane stopped before it reported its result', {
          hint: './scripts/soundbite.sh up continues where it stopped',
        });
      } catch (error) {
        if (isNobody(error, attempt) || !left.outlasts(error)) throw error;
        options.onReconnect?.(error);
      }
      await pause(breakMs, undefined, signal === undefined ? {} : { signal });
      left.begins(breakMs);
    }
  }

  /** Log lines since `sinceMs` (ms since 1970); with `follow` it goes on until `signal`, over restarts of the control plane. */
  async function* logs(
    environment: string,
    { sinceMs, follow, signal }: { sinceMs: number; follow: boolean; signal?: AbortSignal },
  ): AsyncGenerator<LogLine, void, undefined> {
    const resume = resumption(sinceMs);
    const left = patienceOf(patience);
    for (;;) {
      const path = `/v1/environments/${encodeURIComponent(environment)}/logs${query({ since: resume.since(), follow })}`;
      try {
        for await (const line of lines(link, { method: 'GET', path, signal }, LogLine)) {
          left.heard();
          if (resume.isNew(line)) yield line;
        }
        if (!follow) return;
      } catch (error) {
        if (!follow || !left.outlasts(error)) throw error;
        options.onReconnect?.(error);
      }
      resume.again();
      await pause(breakMs, undefined, signal === undefined ? {} : { signal });
      left.begins(breakMs);
    }
  }

  const environment = (name: string) => `/v1/environments/${encodeURIComponent(name)}`;
  const dev = (session: string) => `/v1/dev/${encodeURIComponent(session)}`;
  const release = (digest: string) => `/v1/releases/${encodeURIComponent(digest)}`;

  return {
    status: (names: readonly string[] = [], signal?: AbortSignal) =>
      get(`/v1/status${query(chosen(names))}`, Status, signal),
    environments: () => get('/v1/environments', EnvironmentList),
    environment: (name: string) => get(environment(name), EnvironmentView),
    cut: (source?: string) => insist('/v1/releases', source === undefined ? {} : { source }, CutResult),
    releases: () => get('/v1/releases', ReleaseList),
    release: (digest: string) => get(release(digest), ReleaseView),
    verify: (digest: string) => insist(`${release(digest)}/verify`, {}, VerifyResult),
    push: (digest: string) => insist(`${release(digest)}/push`, {}, PushResult),
    remove: (digest: string) => ask(link, { method: 'DELETE', path: release(digest) }, RemoveResult),
    /** With an idempotency key the request is sent again when the connection broke: it is one promotion all the same. */
    promote: (request: z.input<typeof PromotionRequest>) =>
      (request.idempotencyKey === undefined ? post : insist)('/v1/promotions', request, PromotionView),
    promotion: (id: string) => get(`/v1/promotions/${encodeURIComponent(id)}`, PromotionView),
    promotions: (filter: { environment?: string | undefined; limit?: number | undefined } = {}) =>
      get(`/v1/promotions${query(filter)}`, PromotionList),
    abort: (id: string, reason?: string) =>
      post(`/v1/promotions/${encodeURIComponent(id)}/abort`, reason === undefined ? {} : { reason }, PromotionView),
    plan: (name: string, digest?: string) => get(`${environment(name)}/plan${query({ release: digest })}`, Plan),
    validate: (name: string) => get(`${environment(name)}/validate`, Findings),
    health: (names: readonly string[] = []) => get(`/v1/health${query(chosen(names))}`, HealthReport),
    ledger: (page: { after?: number; limit?: number } = {}) => get(`/v1/ledger${query(page)}`, LedgerPage),
    bootstrap: (name: string) => insist(`${environment(name)}/bootstrap`, {}, BootstrapResult),
    /** Under one key however often it is sent: a promotion that came in between is not destroyed. */
    destroy: (name: string, confirm: string, reason?: string) =>
      insist(`${environment(name)}/destroy`, { confirm, reason, idempotencyKey: randomUUID() }, DestroyResult),
    takeOver: (name: string, confirm: string, reason: string) =>
      post(`${environment(name)}/takeover`, { confirm, reason }, TakeoverResult),
    access: (name: string) => post(`${environment(name)}/access`, {}, AccountAccess),
    /** Where the working tree can be served, and what to use elsewhere. */
    devOffers: () => get('/v1/dev', DevList),
    startDev: (name: string) => post(`${environment(name)}/dev`, {}, DevSession),
    /** Heartbeat of a dev session; `files` changed since the last one. Outlasts a restart of the control plane. */
    beatDev: (session: string, files: readonly string[], signal?: AbortSignal) =>
      persist(() => ask(link, { method: 'PUT', path: dev(session), body: { files }, signal }, DevState), signal),
    endDev: (session: string) => persist(() => ask(link, { method: 'DELETE', path: dev(session) }, DevEnd)),
    doctor: (names: readonly string[] = []) => get(`/v1/doctor${query(chosen(names))}`, Findings),
    up,
    watchPromotion,
    logs,
  };
}

const chosen = (names: readonly string[]) => ({ environment: names.length > 0 ? names.join(',') : undefined });

function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const present = Object.entries(values).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return present.length === 0 ? '' : `?${new URLSearchParams(present)}`;
}

/** Nobody was there from the start: that is not a restart, and waiting for it would be silence. */
const isNobody = (error: unknown, attempt: number) =>
  attempt === 0 && error instanceof SoundBiteError && error.code === 'control-plane-down';

/** Where to go on after a stream of log lines broke: its last instant is asked for again, and what was seen of it is left out. */
function resumption(sinceMs: number) {
  let since = sinceMs;
  let atSince: string[] = [];
  let skip: string[] = [];
  return {
    since: () => since,
    again: () => {
      skip = [...atSince];
    },
    isNew: (line: LogLine): boolean => {
      const at = Date.parse(line.at);
      const key = JSON.stringify([line.at, line.source, line.text]);
      const seen = skip.indexOf(key);
      if (seen >= 0) {
        skip.splice(seen, 1);
        return false;
      }
      if (at > since) {
        since = at;
        atSince = [];
      }
      if (at === since) atSince.push(key);
      return true;
    },
  };
}
