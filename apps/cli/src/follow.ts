import type { Client, PromotionView } from '@soundbite/client';
import { isFinal } from '@soundbite/model/promotion.ts';
import { promotionDocument, promotionFrame, promotionLines, promotionSummary, thenText } from '@soundbite/reports';
import { exitOfPromotions, exits } from './exits.ts';
import { isInterrupt, untilInterrupt } from './interrupt.ts';
import type { CommandResult, Progress, Shell } from './shell.ts';

/** How a promotion, and those that it went on to, were left: at their end, or by Ctrl-C while they go on. */
interface Followed {
  readonly views: readonly PromotionView[];
  readonly detached: boolean;
}

/** The result of a promotion that is followed to its end, or (`wait` is false) of one that was only just accepted. */
export async function promotionResult(
  shell: Shell,
  client: Client,
  first: PromotionView,
  wait: boolean | WaitAtMost,
): Promise<CommandResult> {
  const patienceMs = typeof wait === 'boolean' ? null : wait.ms;
  const { views, detached } =
    wait === false ? { views: [first], detached: false } : await follow(shell, client, first, patienceMs);
  return {
    document:
      first.asked.through === null
        ? promotionDocument(views[0] ?? first)
        : { promotions: views.map(promotionDocument) },
    // Does not repeat what the display has shown.
    text: wait === false ? acceptedText(shell, first) : detached ? '' : stillWaiting(views.at(-1)),
    exit: detached ? exits.detached : exitOfAll(views),
  };
}

/** How long it is waited for what is not let in yet; what is under way is followed to its end. */
export interface WaitAtMost {
  readonly ms: number;
}

/**
 * Follows a promotion, and those after it, to the end and shows the progress. Ctrl-C detaches: the work continues. After `patienceMs` (null: never) it
 * leaves one that waits.
 */
async function follow(
  shell: Shell,
  client: Client,
  first: PromotionView,
  patienceMs: number | null,
): Promise<Followed> {
  const views: PromotionView[] = [];
  let display = displayOn(shell.progress);
  let view = first;
  const watching = async (signal: AbortSignal) => {
    display.show(view);
    if (!isFinal(view.state)) for await (view of client.watchPromotion(view.promotion, signal)) display.show(view);
    while (view.next !== null) {
      views.push(view);
      display.end();
      display = displayOn(shell.progress);
      for await (view of client.watchPromotion(view.next, signal)) display.show(view);
    }
  };
  try {
    // The first output already mentions Ctrl-C.
    await untilInterrupt(shell.host, async (interrupted) => {
      const patience = endOfPatience(patienceMs, () => view.state === 'waiting');
      const signal = AbortSignal.any([interrupted, patience.signal]);
      try {
        await watching(signal);
      } catch (error) {
        if (!patience.signal.aborted || interrupted.aborted) throw error;
      } finally {
        patience.stop();
      }
    });
    return { views: [...views, view], detached: false };
  } catch (error) {
    if (!isInterrupt(error)) throw error;
    display.end();
    shell.host.stderr.write(detachedText(view));
    return { views: [...views, view], detached: true };
  } finally {
    display.end();
  }
}

/** Aborts once the time is over and it waits still, or waits again. Null: never. */
function endOfPatience(ms: number | null, waits: () => boolean) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    if (waits()) controller.abort();
    else timer = setTimeout(look, 500);
  };
  if (ms !== null) timer = setTimeout(look, ms);
  return { signal: controller.signal, stop: () => clearTimeout(timer) };
}

/** What was left waiting; nothing where it has ended: the display has shown that. */
const stillWaiting = (view: PromotionView | undefined): string =>
  view?.state === 'waiting' ? `it waits still; follow it: soundbite promote --attach ${view.promotion}` : '';

const detachedText = (view: PromotionView) =>
  `\nDetached; the promotion continues${thenText(view)}.\n  attach again: soundbite promote --attach ${view.promotion}\n  stop it:      soundbite abort ${view.promotion}\n`;

const acceptedText = ({ paint }: Shell, view: PromotionView) =>
  `${promotionSummary(view, paint)}${thenText(view)}${isFinal(view.state) ? '' : `; watch it: soundbite promote --attach ${view.promotion}`}`;

/** The first that did not succeed decides; when all did, and yet not all of them were begun, a person stopped it. */
function exitOfAll(views: readonly PromotionView[]): number {
  const last = views.at(-1);
  const stopped = last?.state === 'succeeded' && last.next === null && last.rest.length > 0;
  return stopped ? exits.aborted : exitOfPromotions(views);
}

const displayOn = (progress: Progress): Display =>
  progress.terminal ? terminalDisplay(progress) : lineDisplay(progress);

interface Display {
  show(view: PromotionView): void;
  end(): void;
}

function lineDisplay(progress: Progress): Display {
  let before: PromotionView | null = null;
  return {
    show(view) {
      for (const line of promotionLines(before, view)) progress.line(line);
      before = view;
    },
    end: () => undefined,
  };
}

/** Draws the frame again ten times a second, over the last one. */
function terminalDisplay({ stream, paint }: Progress): Display {
  const start = performance.now();
  let stepStart = start;
  let step: string | undefined;
  let view: PromotionView | undefined;
  let drawn = 0;
  const draw = () => {
    if (!view) return;
    const now = performance.now();
    const elapsed = { whole: (now - start) / 1000, step: (now - stepStart) / 1000 };
    const frame = promotionFrame(view, elapsed, stream.columns || 80, paint);
    stream.write(`${drawn > 0 ? `\u001b[${drawn}A\u001b[J` : ''}${frame.join('\n')}\n`);
    drawn = frame.length;
  };
  const timer = setInterval(draw, 100);
  timer.unref();
  return {
    show(next) {
      view = next;
      const running = next.steps.find(({ state }) => state === 'running')?.name;
      if (running !== step) stepStart = performance.now();
      step = running;
      draw();
    },
    end: () => clearInterval(timer),
  };
}
