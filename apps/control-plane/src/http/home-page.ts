import type { CutFrom } from '@soundbite/client';
import { type Authority, askerByCookie, type Known } from '@soundbite/client/serving/authority.ts';
import { refusal } from '@soundbite/client/serving/errors.ts';
import { demandPageOpened } from '@soundbite/client/serving/guards.ts';
import {
  blockText,
  freezeText,
  type GateRecord,
  glassText,
  holdText,
  minuteText,
  shortDigest,
  taintText,
} from '@soundbite/model';
import { distanceText } from '@soundbite/model/page/distance-text.ts';
import { screens } from '@soundbite/model/page/screens.ts';
import { shownText } from '@soundbite/model/page/shown-text.ts';
import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { ControlPlane } from '../control-plane.ts';
import type { PagePlace } from '../page.ts';
import type { NoPage, PageSource } from '../page-source.ts';
import { showBuiltPage } from './built-page.ts';
import { type Html, showError, showPage } from './page-frame.ts';

const title = 'SoundBite: environments';

/** How long whoever opens the page waits for it to be built, in ms, before the page without a script is shown. */
const awaitedMs = 2_000;

/** How soon that one asks again by itself, in seconds. */
const againAfter = '2';

/**
 * The page, at the address of each of its screens, for a browser that was let in. Where it is not built, the environments as they are, without a script.
 */
export function serveHome(
  app: Hono<Known>,
  plane: Pick<ControlPlane, 'page' | 'engine'>,
  authority: Authority,
  source: PageSource,
): void {
  for (const path of Object.values(screens))
    app.get(path, demandPageOpened, async (c) => {
      if (c.req.header('sec-fetch-site') === 'cross-site') return askOnceMore(c);
      try {
        const actor = await askerByCookie(authority, c);
        const asked = { operation: 'openPage', action: 'look', places: [] } as const;
        await authority.record({ ...asked, actor, allowed: actor !== null });
        if (actor === null)
          throw refusal('unauthorized', 'nobody is signed in here', 'run soundbite open, and follow its link');
        const page = await source.ready(awaitedMs);
        if ('index' in page) return showBuiltPage(c, page, await newestEvent(plane.engine, c.req.raw.signal));
        const places = await plane.engine.database.whileAnswering(() => plane.page());
        if (page.isSoon) c.header('refresh', againAfter);
        return await showPage(c, title, () => home(actor.name, places, Date.now(), page));
      } catch (error) {
        return showError(c, title, error);
      }
    });
}

/** The number of the newest event: what the page asks for after it was told this one has all that happened until then. Null: the database is away. */
async function newestEvent(
  engine: Pick<ControlPlane['engine'], 'events'>,
  signal: AbortSignal,
): Promise<number | null> {
  for await (const line of engine.events({ after: null, follow: false, signal }))
    return line.kind === 'begun' ? line.sequence : null;
  return null;
}

/** Who mistyped an address is told so, by whatever a page would say. */
export function showNothing(c: Context): Promise<Response> {
  c.status(404);
  return showPage(
    c,
    'SoundBite',
    () => html`<h1>There is nothing at this address</h1><p><a href="/">All environments</a></p>`,
  );
}

/** Who follows a link on another site comes without the cookie (SameSite=Strict); the same request from here brings it. */
function askOnceMore(c: Context): Promise<Response> {
  c.header('refresh', '0');
  return showPage(c, title, () => html`<p class="dim">one moment</p>`);
}

const home = (who: string, places: readonly PagePlace[], now: number, { why }: NoPage): Html => html`
  <header>
    <h1>Environments</h1>
    <p class="dim">as of <time datetime="${new Date(now).toISOString()}">${minuteText(new Date(now).toISOString())}</time>; <a href="/">look again</a></p>
    <p class="dim">you are <bdi>${who}</bdi></p>
    <p class="dim">this is all that can be shown without the page itself: <bdi>${shownText(why)}</bdi></p>
  </header>
  <ol class="chain">${places.map((place) => card(place, now))}</ol>`;

function card({ status, why, cut }: PagePlace, now: number): Html {
  const { name, state, release, url, findings } = status;
  return html`<li>
    <div class="top"><h2>${name}</h2>${stateMark(state, state)}</div>
    ${underWay(status)}
    <dl>
      <dt>Release</dt><dd>${release === null ? 'nothing is live' : releaseLine(release, cut, now)}</dd>
      ${why === null ? html`<dt>Since</dt><dd class="dim">the records do not say why</dd>` : ''}
      ${why?.since ? html`<dt>Since</dt><dd>${moment(why.since, now)}${why.by === null ? '' : html` by <bdi>${why.by.actor}</bdi>${said(why.by.reason)}`}</dd>` : ''}
      ${listed(
        'Not well',
        findings.map(({ name: what, detail }) => html`${what}: <bdi>${shownText(detail)}</bdi>`),
      )}
      ${listed('In force', inForce(status))}
      ${listed(
        'Waits',
        (why?.waits ?? []).map((one) => waiting(one, now)),
      )}
      ${url === null || release === null ? '' : html`<dt>Service</dt><dd>${address(url)}</dd>`}
    </dl>
  </li>`;
}

/** What a browser opens as a page of the web; anything else is only text. */
const address = (url: string): Html =>
  /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noreferrer">${url}</a>` : html`<bdi>${url}</bdi>`;

function releaseLine(release: string, cut: CutFrom | null, now: number): Html {
  const short = html`<code title="${release}">${shortDigest(release)}</code>`;
  if (cut === null) return short;
  const changes = cut.dirty ? ', with uncommitted changes' : '';
  return html`${short}
    <div><bdi>${shownText(cut.subject ?? cut.commit.slice(0, 12))}</bdi></div>
    <div class="dim">commit of ${moment(cut.committedAt, now)}${changes}</div>`;
}

/** What runs is neither well nor broken: it has a colour of its own. */
function underWay({ promotion }: PagePlace['status']): Html | '' {
  if (promotion?.state !== 'running') return '';
  const step = promotion.step === null ? '' : `: ${promotion.step}`;
  return html`<div>${stateMark('busy', `deploying ${shortDigest(promotion.release)}${step}`)}</div>`;
}

function waiting(one: NonNullable<PagePlace['why']>['waits'][number], now: number): Html {
  const release = html`${one.kind === 'rollback' ? 'rollback to ' : ''}<code title="${one.release}">${shortDigest(one.release)}</code>`;
  const asked = html`${release}, asked for by <bdi>${one.by}</bdi> ${moment(one.since, now)}`;
  if (one.gates.length > 0) return html`${asked}${one.gates.map((gate) => html`<div>${awaited(gate, now)}</div>`)}`;
  return one.reason === null ? asked : html`${asked}<div><bdi>${shownText(one.reason)}</bdi></div>`;
}

function awaited({ gate, reasons, who, until }: GateRecord, now: number): Html {
  const people = who?.length ? html` by <bdi>${who.join(', ')}</bdi>` : '';
  const end = until === null ? '' : html`, ends ${moment(until, now)}`;
  return html`${gate}: <bdi>${shownText(reasons.join(', '))}</bdi>${people}${end}`;
}

const inForce = ({ freezes, holds, blocked, glass, taints }: PagePlace['status']): Html[] =>
  [
    ...freezes.map(freezeText),
    ...holds.map(holdText),
    ...(blocked === null ? [] : [blockText(blocked)]),
    ...taints.map(taintText),
    ...glass.map(glassText),
  ].map((text) => html`<bdi>${shownText(text)}</bdi>`);

const listed = (what: string, lines: readonly Html[]): Html | '' =>
  lines.length === 0 ? '' : html`<dt>${what}</dt><dd><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></dd>`;

const said = (reason: string | null): Html | '' => (reason === null ? '' : html`: <bdi>${shownText(reason)}</bdi>`);

/** How far from now, with the exact time beside it. */
const moment = (time: string, now: number): Html =>
  html`<time datetime="${time}" title="${minuteText(time)}">${distanceText(Date.parse(time), now)}</time>`;

/** A shape for each state, so that no colour is needed to tell them apart. */
const shapes = {
  healthy: html`<circle cx="8" cy="8" r="7" />`,
  degraded: html`<path d="M8 1 15.5 15H.5Z" />`,
  down: html`<path d="m3 1 5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5Z" />`,
  empty: html`<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />`,
  busy: html`<path d="M1 2h6l6 6-6 6H1l6-6Z" />`,
} as const;

const stateMark = (shape: keyof typeof shapes, text: string): Html =>
  html`<span class="state ${shape}"><svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">${shapes[shape]}</svg>${text}</span>`;
