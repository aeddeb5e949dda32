import type { Authority, Known } from '@soundbite/client/serving/authority.ts';
import { refusal } from '@soundbite/client/serving/errors.ts';
import type { RevisedView } from '@soundbite/engine';
import { ApprovalRequest, isAllowed, minuteText, shortDigest } from '@soundbite/model';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import { linkPath } from '../approval-links.ts';
import type { ControlPlane } from '../control-plane.ts';
import { type Html, showError, showPage } from './page-frame.ts';

const title = 'SoundBite: approval';

/** A form has a reason of at most 1000 characters, in bytes as a browser sends them. */
const longestForm = 16_384;

/**
 * The page behind a link: GET shows the promotion and changes nothing, POST decides. It asks for no token, because a link is signed for one person, one
 * promotion and one use; what is said by it is recorded as whatever is asked for with a token.
 */
export function serveApprovals(app: Hono<Known>, { links }: Pick<ControlPlane, 'links'>, authority: Authority): void {
  const asked = {
    look: { operation: 'getPromotion', action: 'look' },
    decide: { operation: 'decidePromotion', action: 'decide' },
  } as const;
  /** Whose link it is, where it leads, and whether that may be; on record either way. */
  const known = async (link: string, what: keyof typeof asked) => {
    const by = await links.actor(link).catch(async (error: unknown) => {
      await authority.record({ ...asked[what], actor: null, places: [], allowed: false });
      throw error;
    });
    const places = [await authority.environmentOf(by.claim.promotion)].filter((name) => name !== null);
    const allowed = isAllowed(by.actor, what, places);
    await authority.record({ ...asked[what], actor: by.actor, places, allowed });
    if (!allowed) throw refusal('forbidden', `${by.claim.person} may not decide there any more`, 'ask an admin');
    return by;
  };

  app.get(`${linkPath}/:link`, (c) =>
    showPage(c, title, async () => {
      const link = c.req.param('link');
      await known(link, 'look');
      const { claim, view, over } = await links.show(link);
      return over === null ? question(claim.person, view) : said(over, view);
    }),
  );
  app.post(`${linkPath}/:link`, bodyLimit({ maxSize: longestForm, onError: tooLong }), (c) =>
    showPage(c, title, async () => {
      const by = await known(c.req.param('link'), 'decide');
      const word = await wordOf(c);
      return said(`${by.claim.person} said ${word.verdict}`, await links.decide(by, word));
    }),
  );
}

/** What the form says. Errors: `usage`. */
async function wordOf(c: Context): Promise<Pick<ApprovalRequest, 'verdict' | 'reason'>> {
  // What is no form says nothing.
  const { verdict, reason } = await c.req.parseBody().catch(() => ({ verdict: null, reason: null }));
  const given = typeof reason === 'string' && reason.trim() ? { reason } : {};
  const read = ApprovalRequest.safeParse({ verdict, ...given });
  if (read.success) return read.data;
  throw refusal('usage', 'say yes or no, with a reason of at most 1000 characters', 'go back, and say it again');
}

const tooLong = (c: Context) =>
  showError(c, title, refusal('body-too-large', `the form is larger than ${longestForm} bytes`, 'send less'));

const question = (person: string, view: RevisedView): Html => html`
  <h1>Does ${shortDigest(view.release)} go into ${view.environment}?</h1>
  ${facts(view)}
  <form method="post">
    <label>Why (recorded)<input name="reason" maxlength="1000" autocomplete="off" /></label>
    <p><button name="verdict" value="yes">Yes</button> <button name="verdict" value="no" class="no">No</button></p>
  </form>
  <p class="dim">You answer as ${person}. This link works once.</p>`;

const said = (what: string, view: RevisedView): Html => html`<h1>${what}</h1>${facts(view)}`;

const facts = ({ promotion, environment, release, actor, asked, createdAt, state, gates }: RevisedView): Html => html`
  <dl>
    <dt>Release</dt><dd><code>${release}</code></dd>
    <dt>Environment</dt><dd>${environment}</dd>
    <dt>Asked for by</dt><dd>${actor}, ${minuteText(createdAt)}${asked.reason === null ? '' : html`: ${asked.reason}`}</dd>
    <dt>Promotion</dt><dd><code>${promotion}</code>, ${state}</dd>
    ${gates.map(({ gate, verdict, reasons }) => html`<dt>${gate}</dt><dd>${verdict}: ${reasons.join(', ')}</dd>`)}
  </dl>`;
