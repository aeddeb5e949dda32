import type { Client, PromotionView } from '@soundbite/client';
import { isFinal } from '@soundbite/model/promotion.ts';
import { promotionDocument, promotionFrame, promotionLines, promotionSummary } from '@soundbite/reports';
import { exitOfPromotion, exits } from './exits.ts';
import { isInterrupt, untilInterrupt } from './interrupt.ts';
import type { Progress, Result, Shell } from './shell.ts';

/** How a promotion was left: at its end, or by Ctrl-C while it goes on. */
export interface Followed {
  readonly view: PromotionView;
  readonly detached: boolean;
}

/** Watches a promotion to its end and shows its progress. Ctrl-C detaches: the promotion goes on. */
export async function follow(shell: Shell, client: Client, first: PromotionView): Promise<Followed> {
  const display = shell.progress.terminal ? terminalDisplay(shell.progress) : lineDisplay(shell.progress);
  let view = first;
  try {
    // What is shown first already invites to Ctrl-C.
    await untilInterrupt(shell.host, async (signal) => {
      display.show(view);
      if (isFinal(view.state)) return;
      for await (view of client.watchPromotion(first.promotion, signal)) display.show(view);
    });
    return { view, detached: false };
  } catch (error) {
    if (!isInterrupt(error)) throw error;
    display.end();
    shell.host.stderr.write(detachedText(view));
    return { view, detached: true };
  } finally {
    display.end();
  }
}

const detachedText = (view: PromotionView) =>
  `\nDetached; the promotion goes on.\n  attach again: soundbite promote --attach ${view.promotion}\n  stop it:      soundbite abort ${view.promotion}\n`;

/** A promotion's result: what the display has said already is not said again. */
export function promotionResult(shell: Shell, view: PromotionView, detached = false): Result {
  const waitedFor = isFinal(view.state) || detached;
  return {
    document: promotionDocument(view),
    text: waitedFor
      ? ''
      : `${promotionSummary(view, shell.paint)}; watch it: soundbite promote --attach ${view.promotion}`,
    exit: detached ? exits.detached : exitOfPromotion(view.state),
  };
}

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
